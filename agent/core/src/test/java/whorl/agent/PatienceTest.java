package whorl.agent;

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
import whorl.agent.event.EpochClock;
import whorl.agent.event.EventSink;
import whorl.agent.event.EventType;
import whorl.agent.hook.end.Ending;

/** Isolated, since it is about how busy this JVM is. */
@Isolated
final class PatienceTest {
  private static final Duration LONG = Duration.ofMinutes(5);

  /** Of a processor: the machine may have others to work for. */
  private static final double ONE_TENTH = 0.1;

  private static final MemoryBudget LARGE = new MemoryBudget(1L << 40);

  private final EventSink sink = new EventSink(new EpochClock());
  private volatile boolean busy = true;
  private final List<Thread> work = new ArrayList<>();

  @AfterEach
  void rest() throws InterruptedException {
    busy = false;
    for (Thread thread : work) {
      thread.join();
    }
  }

  @Test
  void whoHasNone_doesNotWait() {
    assertThat(waiting(new Patience(Duration.ZERO, end(OnExit.ABNORMAL, true), LARGE)))
        .succeedsWithin(Duration.ofSeconds(5));
  }

  @Test
  void applicationAtRest_endsIt() {
    assertThat(waiting(new Patience(LONG, end(OnExit.ABNORMAL, true), LARGE)))
        .succeedsWithin(Duration.ofSeconds(60));
  }

  @Test
  void busyApplication_isWaitedForNoLongerThanAsked() {
    start();

    CompletableFuture<Void> waiting =
        waiting(new Patience(Duration.ofSeconds(2), end(OnExit.ABNORMAL, true), LARGE));

    assertThat(waiting).isNotDone();
    assertThat(waiting).succeedsWithin(Duration.ofSeconds(60));
  }

  @Test
  void startedProcess_cannotWait() throws InterruptedException {
    Patience patience = new Patience(LONG, end(OnExit.ABNORMAL, true), LARGE);
    sink.forwardTo(patience);
    start();
    CompletableFuture<Void> waiting = waiting(patience);

    sink.emit(EventType.FILE_OPEN, "/etc/hosts", "read", false, false);
    TimeUnit.MILLISECONDS.sleep(600);
    assertThat(waiting).isNotDone();

    sink.emit(EventType.PROCESS_START, "/bin/id", "/", 1L, null);
    assertThat(waiting).succeedsWithin(Duration.ofSeconds(60));
    assertThat(patience.jvmEnds()).isFalse();
  }

  @Test
  void failingEnd_isWorthWaitingFor_andOrderlyOneIsNot() {
    Patience patience = new Patience(LONG, end(OnExit.ABNORMAL, true), LARGE);

    assertThat(patience.test(ending(0))).isFalse();
    assertThat(patience.jvmEnds()).isFalse();

    assertThat(patience.test(ending(3))).isTrue();
    assertThat(patience.jvmEnds()).isTrue();
  }

  @Test
  void orderlyEnd_afterWhatMayBecomeAnAlert_isWorthWaitingFor() {
    Patience patience = new Patience(LONG, end(OnExit.ABNORMAL, true), LARGE);
    sink.forwardTo(patience);

    sink.emit(EventType.FILE_OPEN, "/etc/hosts", "read", false, false);
    assertThat(patience.test(ending(0))).isFalse();

    sink.emit(EventType.PROCESS_START, "/bin/id", "/", 1L);
    assertThat(patience.test(ending(0))).isTrue();
  }

  @ParameterizedTest
  @EnumSource(OnExit.class)
  void nowhereForEvidence_noEndIsWorthWaitingFor(OnExit onExit) {
    Patience patience = new Patience(LONG, end(onExit, false), LARGE);
    sink.forwardTo(patience);
    sink.emit(EventType.PROCESS_START, "/bin/id", "/", 1L);

    assertThat(patience.test(ending(0))).isFalse();
    assertThat(patience.test(ending(3))).isFalse();
  }

  @Test
  void neverOnExit_noEndIsWorthWaitingFor() {
    Patience patience = new Patience(LONG, end(OnExit.NEVER, true), LARGE);
    sink.forwardTo(patience);
    sink.emit(EventType.PROCESS_START, "/bin/id", "/", 1L);

    assertThat(patience.test(ending(3))).isFalse();
  }

  @Test
  void alwaysOnExit_everyEndIsWorthWaitingFor() {
    assertThat(new Patience(LONG, end(OnExit.ALWAYS, true), LARGE).test(ending(0))).isTrue();
  }

  @Test
  void jvmThatEndsAndWaitsForNobody_isLeftAlone() {
    Patience patience = new Patience(Duration.ZERO, end(OnExit.ABNORMAL, true), LARGE);
    patience.test(ending(0));

    CompletableFuture<Void> waiting = waiting(patience);

    // Had it gone on it would have done so at once: there is no patience.
    assertThat(waiting).failsWithin(Duration.ofSeconds(2));
    assertThat(waiting).succeedsWithin(Duration.ofSeconds(60));
  }

  @Test
  void heapWithRoomForTheHooksAlone_waitsForAnAttack_howeverLongItRests() throws Exception {
    Patience patience =
        new Patience(Duration.ZERO, end(OnExit.ABNORMAL, true), new MemoryBudget(40L << 20));
    sink.forwardTo(patience);
    CompletableFuture<Void> waiting = waiting(patience);

    assertThat(waiting).isNotDone();
    assertThat(patience.test(ending(3))).isFalse();
    sink.emit(EventType.FILE_OPEN, "/etc/hosts", "read", false, false);
    Awaitility.await().during(Duration.ofSeconds(1)).until(() -> !waiting.isDone());
    waiting.cancel(true);
  }

  @Test
  void heapWithRoomForTheHooksAlone_afterAnAttack_waitsForRoomToo() {
    // This JVM uses more than a heap of 2 MiB could give.
    Patience full =
        new Patience(Duration.ZERO, end(OnExit.ABNORMAL, true), new MemoryBudget(2L << 20));
    sink.forwardTo(full);
    CompletableFuture<Void> waiting = waiting(full);

    sink.emit(EventType.PROCESS_START, "/bin/id", "/", 1L);

    Awaitility.await().during(Duration.ofSeconds(1)).until(() -> !waiting.isDone());
    waiting.cancel(true);
  }

  private static EndPolicy end(OnExit onExit, boolean somewhere) {
    return new EndPolicy(onExit, somewhere, TimeUnit.SECONDS.toNanos(8));
  }

  private static Ending ending(int status) {
    return new Ending(Ending.Kind.EXIT, status, "main", List.of(), null, System.nanoTime());
  }

  /** As many threads as there are processors, and one more. */
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
  void quietMoment_isWaitedFor_andNoLongerThanTwentySeconds() {
    start();
    Patience patience = new Patience(LONG, end(OnExit.ABNORMAL, true), LARGE);

    CompletableFuture<Void> waiting = quiet(patience);

    Awaitility.await().during(Duration.ofSeconds(3)).until(() -> !waiting.isDone());
    assertThat(waiting).succeedsWithin(Duration.ofSeconds(60));
  }

  @Test
  void quietMoment_comesWhenTheApplicationRests() {
    start();
    Patience patience = new Patience(LONG, end(OnExit.ABNORMAL, true), LARGE);
    CompletableFuture<Void> waiting = quiet(patience);
    Awaitility.await().during(Duration.ofSeconds(1)).until(() -> !waiting.isDone());

    busy = false;

    assertThat(waiting).succeedsWithin(Duration.ofSeconds(10));
  }

  @Test
  void quietMoment_isNotWaitedForByAnAttackOrACapture_norWithoutPatience() {
    start();
    Patience attacked = new Patience(LONG, end(OnExit.ABNORMAL, true), LARGE);
    sink.forwardTo(attacked);
    sink.emit(EventType.PROCESS_START, "/bin/id", "/", 1L);
    assertThat(quiet(attacked)).succeedsWithin(Duration.ofSeconds(10));

    Patience asked = new Patience(LONG, end(OnExit.ABNORMAL, true), LARGE);
    CompletableFuture<Void> waiting = quiet(asked);
    asked.hurry();
    assertThat(waiting).succeedsWithin(Duration.ofSeconds(10));

    assertThat(quiet(new Patience(Duration.ZERO, end(OnExit.ABNORMAL, true), LARGE)))
        .succeedsWithin(Duration.ofSeconds(10));
  }

  private static CompletableFuture<Void> waiting(Patience patience) {
    return run(patience::await);
  }

  private static CompletableFuture<Void> quiet(Patience patience) {
    return run(() -> patience.awaitQuiet(ONE_TENTH));
  }

  /** What waits. */
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
