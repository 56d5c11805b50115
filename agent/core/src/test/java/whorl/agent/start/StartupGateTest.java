package whorl.agent.start;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
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

/** Isolated, because it depends on the load of this JVM. */
@Isolated
final class StartupGateTest {
  private static final Duration LONG_DELAY = Duration.ofMinutes(5);
  private static final Duration HASTY = Duration.ofSeconds(1);

  /** Of one processor: the machine may run other programs. */
  private static final double ONE_TENTH = 0.1;

  private static final MemoryBudget LARGE = new MemoryBudget(1L << 40);

  private final EventSink sink = new EventSink(new EpochClock());
  private volatile boolean busy = true;
  private final List<Thread> work = new ArrayList<>();

  @AfterEach
  void stopWork() throws InterruptedException {
    busy = false;
    for (Thread thread : work) {
      thread.join();
    }
  }

  @Test
  void zeroDelay_doesNotWait() {
    assertThat(waiting(new StartupGate(Duration.ZERO, policy(OnExit.ABNORMAL, true), LARGE)))
        .succeedsWithin(Duration.ofSeconds(5));
  }

  @Test
  void idleApplication_opensTheGate() {
    assertThat(waiting(new StartupGate(LONG_DELAY, policy(OnExit.ABNORMAL, true), LARGE)))
        .succeedsWithin(Duration.ofSeconds(60));
  }

  @Test
  void busyApplication_isWaitedForNoLongerThanTheLimit() {
    start();

    CompletableFuture<Void> waiting =
        waiting(new StartupGate(Duration.ofSeconds(2), policy(OnExit.ABNORMAL, true), LARGE));

    assertThat(waiting).isNotDone();
    assertThat(waiting).succeedsWithin(Duration.ofSeconds(60));
  }

  @Test
  void startedProcess_opensTheGate() throws InterruptedException {
    StartupGate startupGate = new StartupGate(LONG_DELAY, policy(OnExit.ABNORMAL, true), LARGE);
    sink.forwardTo(startupGate);
    start();
    CompletableFuture<Void> waiting = waiting(startupGate);

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
    CompletableFuture<Void> waiting = waiting(startupGate);

    assertThat(waiting).isNotDone();
    assertThat(startupGate.test(ending(3))).isFalse();
    FileReports.opened(sink, "/etc/hosts", "read", false, false, null);
    Awaitility.await().during(Duration.ofSeconds(1)).until(() -> !waiting.isDone());
    waiting.cancel(true);
  }

  @Test
  void heapForTheHooksOnly_afterAnAttack_waitsForMemory() {
    // This JVM uses more than a heap of 2 MiB provides.
    StartupGate full =
        new StartupGate(Duration.ZERO, policy(OnExit.ABNORMAL, true), new MemoryBudget(2L << 20));
    sink.forwardTo(full);
    CompletableFuture<Void> waiting = waiting(full);

    ProcessReports.started(sink, "/bin/id", "/", 1L, null);

    Awaitility.await().during(Duration.ofSeconds(1)).until(() -> !waiting.isDone());
    waiting.cancel(true);
  }

  /** One that waits for a second where another waits for ten or twenty. */
  private static StartupGate hasty(Duration maxDelay) {
    return new StartupGate(maxDelay, policy(OnExit.ABNORMAL, true), LARGE, HASTY, HASTY);
  }

  private static ShutdownPolicy policy(OnExit onExit, boolean hasDestination) {
    return new ShutdownPolicy(onExit, hasDestination, TimeUnit.SECONDS.toNanos(8));
  }

  private static Ending ending(int status) {
    return new Ending(Ending.Kind.EXIT, status, "main", List.of(), null, System.nanoTime());
  }

  /** Starts one thread more than there are processors. */
  private void start() {
    for (int i = 0; i <= Runtime.getRuntime().availableProcessors(); i++) {
      Thread thread = new Thread(this::work);
      work.add(thread);
      thread.start();
    }
  }

  private void work() {
    long sum = 0;
    while (busy) {
      sum += System.nanoTime() % 7;
    }
    assertThat(sum).isNotNegative();
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
    start();
    StartupGate startupGate = new StartupGate(LONG_DELAY, policy(OnExit.ABNORMAL, true), LARGE);
    CompletableFuture<Void> waiting = quiet(startupGate);
    Awaitility.await().during(Duration.ofSeconds(1)).until(() -> !waiting.isDone());

    busy = false;

    assertThat(waiting).succeedsWithin(Duration.ofSeconds(10));
  }

  @Test
  void quietMoment_isNotWaitedForAfterAnAttackOrHurryOrWithZeroDelay() {
    start();
    StartupGate attacked = new StartupGate(LONG_DELAY, policy(OnExit.ABNORMAL, true), LARGE);
    sink.forwardTo(attacked);
    ProcessReports.started(sink, "/bin/id", "/", 1L, null);
    assertThat(quiet(attacked)).succeedsWithin(Duration.ofSeconds(10));

    StartupGate hurried = new StartupGate(LONG_DELAY, policy(OnExit.ABNORMAL, true), LARGE);
    CompletableFuture<Void> waiting = quiet(hurried);
    hurried.hurry();
    assertThat(waiting).succeedsWithin(Duration.ofSeconds(10));

    assertThat(quiet(new StartupGate(Duration.ZERO, policy(OnExit.ABNORMAL, true), LARGE)))
        .succeedsWithin(Duration.ofSeconds(10));
  }

  private static CompletableFuture<Void> waiting(StartupGate startupGate) {
    return run(startupGate::await);
  }

  private static CompletableFuture<Void> quiet(StartupGate startupGate) {
    return run(() -> startupGate.awaitQuiet(ONE_TENTH));
  }

  /** A call that waits. */
  private interface Waiting {
    void await() throws InterruptedException;
  }

  private static CompletableFuture<Void> run(Waiting wait) {
    return CompletableFuture.runAsync(
        () -> {
          try {
            wait.await();
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
        });
  }
}
