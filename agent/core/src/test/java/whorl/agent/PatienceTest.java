package whorl.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import whorl.agent.event.EpochClock;
import whorl.agent.event.EventSink;
import whorl.agent.event.EventType;
import whorl.agent.hook.end.Ending;

/** Isolated, since it is about how busy this JVM is. */
@Isolated
final class PatienceTest {
  private static final Duration LONG = Duration.ofMinutes(5);

  private final EventSink sink = new EventSink(new EpochClock());
  private volatile boolean busy = true;
  private Thread work = new Thread(this::work);

  @AfterEach
  void rest() throws InterruptedException {
    busy = false;
    work.join();
  }

  @Test
  void whoHasNone_doesNotWait() {
    assertThat(waiting(new Patience(Duration.ZERO))).succeedsWithin(Duration.ofSeconds(5));
  }

  @Test
  void applicationAtRest_endsIt() {
    assertThat(waiting(new Patience(LONG))).succeedsWithin(Duration.ofSeconds(60));
  }

  @Test
  void busyApplication_isWaitedForNoLongerThanAsked() {
    start();

    CompletableFuture<Void> waiting = waiting(new Patience(Duration.ofSeconds(2)));

    assertThat(waiting).isNotDone();
    assertThat(waiting).succeedsWithin(Duration.ofSeconds(60));
  }

  @Test
  void startedProcess_cannotWait() throws InterruptedException {
    Patience patience = new Patience(LONG);
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
  void failingEnd_isWorthWaitingFor_andOrderlyOneAtOnceIsNot() {
    Patience patience = new Patience(LONG);
    start();
    CompletableFuture<Void> waiting = waiting(patience);

    assertThat(patience.endsEarly(ending(0))).isFalse();
    assertThat(waiting).isNotDone();

    assertThat(patience.endsEarly(ending(3))).isTrue();
    assertThat(waiting).succeedsWithin(Duration.ofSeconds(60));
    assertThat(patience.jvmEnds()).isTrue();
  }

  @Test
  void orderlyEndAfterASecond_isWorthWaitingFor() throws InterruptedException {
    Patience patience = new Patience(LONG);

    TimeUnit.MILLISECONDS.sleep(1100);

    assertThat(patience.endsEarly(ending(0))).isTrue();
  }

  private static Ending ending(int status) {
    return new Ending(Ending.Kind.EXIT, status, "main", List.of(), null);
  }

  private void start() {
    work.start();
  }

  private void work() {
    long sum = 0;
    while (busy) {
      sum += System.nanoTime() % 7;
    }
    assertThat(sum).isNotNegative();
  }

  private static CompletableFuture<Void> waiting(Patience patience) {
    return CompletableFuture.runAsync(
        () -> {
          try {
            patience.await();
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
        });
  }
}
