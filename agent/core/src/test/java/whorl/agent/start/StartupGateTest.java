package whorl.agent.start;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import whorl.agent.config.AgentConfig.OnExit;
import whorl.agent.config.MemoryBudget;
import whorl.agent.event.EventSink;
import whorl.agent.event.FileReports;
import whorl.agent.event.ProcessReports;
import whorl.agent.event.time.EpochClock;
import whorl.agent.exit.ShutdownPolicy;
import whorl.agent.hook.end.Ending;

final class StartupGateTest {
  private static final Duration LONG_DELAY = Duration.ofMinutes(5);
  private static final Duration HASTY = Duration.ofSeconds(1);

  private static final double ONE_TENTH = 0.1;

  private static final MemoryBudget LARGE = new MemoryBudget(1L << 40);

  private final EventSink sink = new EventSink(new EpochClock());
  private final ExecutorService threads = Executors.newCachedThreadPool();

  /** True if the application uses one processor all the time; else it uses none. */
  private volatile boolean busy = true;

  @AfterEach
  void endWaits() {
    threads.shutdownNow();
  }

  private long processorNanos() {
    return busy ? System.nanoTime() : 0;
  }

  @Test
  void zeroDelay_doesNotWait() {
    assertThat(waiting(new StartupGate(Duration.ZERO, policy(OnExit.ABNORMAL, true), LARGE)))
        .succeedsWithin(Duration.ofSeconds(5));
  }

  @Test
  void idleApplication_opensTheGate() {
    busy = false;

    assertThat(waiting(gate(LONG_DELAY))).succeedsWithin(Duration.ofSeconds(60));
  }

  @Test
  void busyApplication_isWaitedForNoLongerThanTheLimit() {
    long begin = System.nanoTime();

    assertThat(waiting(gate(HASTY))).succeedsWithin(Duration.ofSeconds(60));

    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isGreaterThanOrEqualTo(HASTY);
  }

  @Test
  void startedProcess_opensTheGate() throws InterruptedException {
    StartupGate startupGate = gate(LONG_DELAY);
    sink.forwardTo(startupGate);
    Future<?> waiting = waiting(startupGate);

    FileReports.opened(sink, "/etc/hosts", "read", false, false, null);
    TimeUnit.MILLISECONDS.sleep(600);
    assertThat(waiting).isNotDone();

    ProcessReports.started(sink, "/bin/id", "/", 1L, null);
    assertThat(waiting).succeedsWithin(Duration.ofSeconds(60));
    assertThat(startupGate.jvmEnds()).isFalse();
  }

  @Test
  void onlyAFailingEnd_isWorthWaitingFor() {
    StartupGate startupGate = new StartupGate(LONG_DELAY, policy(OnExit.ABNORMAL, true), LARGE);

    assertThat(startupGate.test(ending(0))).isFalse();
    assertThat(startupGate.jvmEnds()).isFalse();

    assertThat(startupGate.test(ending(3))).isTrue();
    assertThat(startupGate.jvmEnds()).isTrue();
  }

  @Test
  void orderlyEnd_afterAPossibleAlert_isWorthWaitingFor() {
    StartupGate startupGate = new StartupGate(LONG_DELAY, policy(OnExit.ABNORMAL, true), LARGE);
    sink.forwardTo(startupGate);

    FileReports.opened(sink, "/etc/hosts", "read", false, false, null);
    assertThat(startupGate.test(ending(0))).isFalse();

    ProcessReports.started(sink, "/bin/id", "/", 1L, null);
    assertThat(startupGate.test(ending(0))).isTrue();
  }

  @ParameterizedTest
  @EnumSource(OnExit.class)
  void noDestinationForEvidence_noEndIsWorthWaitingFor(OnExit onExit) {
    StartupGate startupGate = new StartupGate(LONG_DELAY, policy(onExit, false), LARGE);
    sink.forwardTo(startupGate);
    ProcessReports.started(sink, "/bin/id", "/", 1L, null);

    assertThat(startupGate.test(ending(0))).isFalse();
    assertThat(startupGate.test(ending(3))).isFalse();
  }

  @Test
  void neverOnExit_noEndIsWorthWaitingFor() {
    StartupGate startupGate = new StartupGate(LONG_DELAY, policy(OnExit.NEVER, true), LARGE);
    sink.forwardTo(startupGate);
    ProcessReports.started(sink, "/bin/id", "/", 1L, null);

    assertThat(startupGate.test(ending(3))).isFalse();
  }

  @Test
  void alwaysOnExit_everyEndIsWorthWaitingFor() {
    assertThat(new StartupGate(LONG_DELAY, policy(OnExit.ALWAYS, true), LARGE).test(ending(0)))
        .isTrue();
  }

  @Test
  void endingJvmThatDoesNotWait_isNotDelayed() {
    long begin = System.nanoTime();
    StartupGate startupGate = hasty(Duration.ZERO);
    startupGate.test(ending(0));

    assertThat(waiting(startupGate)).succeedsWithin(Duration.ofSeconds(60));

    // Without this wait it would return at once: the gate's delay is zero.
    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isGreaterThanOrEqualTo(HASTY);
  }

  @Test
  void heapForTheHooksOnly_waitsForAnAttackEvenIfIdle() throws Exception {
    StartupGate startupGate =
        new StartupGate(Duration.ZERO, policy(OnExit.ABNORMAL, true), new MemoryBudget(40L << 20));
    sink.forwardTo(startupGate);
    Future<?> waiting = waiting(startupGate);

    assertThat(waiting).isNotDone();
    assertThat(startupGate.test(ending(3))).isFalse();
    FileReports.opened(sink, "/etc/hosts", "read", false, false, null);
    Awaitility.await().during(Duration.ofSeconds(1)).until(() -> !waiting.isDone());
  }

  @Test
  void heapForTheHooksOnly_afterAnAttack_waitsForMemory() {
    // This JVM uses more than a heap of 2 MiB provides.
    StartupGate full =
        new StartupGate(Duration.ZERO, policy(OnExit.ABNORMAL, true), new MemoryBudget(2L << 20));
    sink.forwardTo(full);
    Future<?> waiting = waiting(full);

    ProcessReports.started(sink, "/bin/id", "/", 1L, null);

    Awaitility.await().during(Duration.ofSeconds(1)).until(() -> !waiting.isDone());
  }

  /** One that waits for a second where another waits for ten or twenty. */
  private StartupGate hasty(Duration maxDelay) {
    return new StartupGate(
        maxDelay, policy(OnExit.ABNORMAL, true), LARGE, HASTY, HASTY, this::processorNanos);
  }

  private StartupGate gate(Duration maxDelay) {
    return new StartupGate(
        maxDelay,
        policy(OnExit.ABNORMAL, true),
        LARGE,
        Duration.ofSeconds(20),
        Duration.ofSeconds(10),
        this::processorNanos);
  }

  private static ShutdownPolicy policy(OnExit onExit, boolean hasDestination) {
    return new ShutdownPolicy(onExit, hasDestination, TimeUnit.SECONDS.toNanos(8));
  }

  private static Ending ending(int status) {
    return new Ending(Ending.Kind.EXIT, status, "main", List.of(), null, System.nanoTime());
  }

  @Test
  void quietMoment_isWaitedForNoLongerThanTheLimit() {
    long begin = System.nanoTime();
    StartupGate startupGate = hasty(LONG_DELAY);

    // No application uses less than nothing.
    assertThat(run(() -> startupGate.awaitQuiet(0))).succeedsWithin(Duration.ofSeconds(60));

    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isGreaterThanOrEqualTo(HASTY);
  }

  @Test
  void quietMoment_comesWhenTheApplicationIsIdle() {
    Future<?> waiting = quiet(gate(LONG_DELAY));
    Awaitility.await().during(Duration.ofSeconds(1)).until(() -> !waiting.isDone());

    busy = false;

    assertThat(waiting).succeedsWithin(Duration.ofSeconds(60));
  }

  @Test
  void quietMoment_isNotWaitedForAfterAnAttackOrHurryOrWithZeroDelay() {
    StartupGate attacked = gate(LONG_DELAY);
    sink.forwardTo(attacked);
    ProcessReports.started(sink, "/bin/id", "/", 1L, null);
    assertThat(quiet(attacked)).succeedsWithin(Duration.ofSeconds(15));

    StartupGate hurried = gate(LONG_DELAY);
    Future<?> waiting = quiet(hurried);
    hurried.hurry();
    assertThat(waiting).succeedsWithin(Duration.ofSeconds(15));

    assertThat(quiet(gate(Duration.ZERO))).succeedsWithin(Duration.ofSeconds(15));
  }

  private Future<?> waiting(StartupGate startupGate) {
    return run(startupGate::await);
  }

  private Future<?> quiet(StartupGate startupGate) {
    return run(() -> startupGate.awaitQuiet(ONE_TENTH));
  }

  /** A call that waits. */
  private interface Waiting {
    void await() throws InterruptedException;
  }

  private Future<?> run(Waiting wait) {
    return threads.submit(
        () -> {
          wait.await();
          return null;
        });
  }
}
