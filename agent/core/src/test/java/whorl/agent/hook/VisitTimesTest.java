package whorl.agent.hook;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import whorl.agent.event.EventSink;
import whorl.agent.event.time.EpochClock;
import whorl.agent.hook.tamper.TamperHook;
import whorl.agent.hook.weave.Hook;
import whorl.agent.hook.weave.HookPoint;
import whorl.agent.hook.weave.ThreadState;

/** The time that the application's threads spend in hooks, from a sample of their visits. */
class VisitTimesTest {
  private static final int ROUND = ThreadState.VISITS_PER_TIMED;

  @Test
  void round_isPrime_soThatEachVisitOfARequestIsTimedInTurn() {
    for (int visitsOfARequest = 1; visitsOfARequest < ROUND; visitsOfARequest++) {
      byte[] state = freshState();
      int[] timed = new int[visitsOfARequest];
      for (int visit = 0; visit < ROUND * visitsOfARequest * 3; visit++) {
        if (ThreadState.isTimed(state)) {
          timed[visit % visitsOfARequest]++;
        }
      }
      assertThat(timed).as("of %s visits", visitsOfARequest).containsOnly(3);
    }
  }

  @Test
  void slowHook_isMeasured_withAllItsVisits() throws InterruptedException {
    long[] slept = {0};
    HookDispatcher hookDispatcher =
        dispatcherFor(
            at -> {
              if (at == 3) {
                slept[0] += sleep();
              }
            });

    onThread(() -> visit(hookDispatcher, 5, ROUND * 2));

    assertThat(hookDispatcher.count()).isEqualTo(10L * ROUND);
    assertThat(slept[0]).isGreaterThan(TimeUnit.MILLISECONDS.toNanos(2L * ROUND));
    assertThat(hookDispatcher.nanos()).isBetween(slept[0] / 4, slept[0] * 4);
  }

  @Test
  void failingHook_isTimed() throws InterruptedException {
    HookDispatcher hookDispatcher =
        dispatcherFor(
            at -> {
              sleep();
              throw new IllegalStateException("a failure");
            });

    onThread(() -> visit(hookDispatcher, 1, ROUND));

    assertThat(hookDispatcher.count()).isEqualTo(ROUND);
    assertThat(hookDispatcher.nanos()).isGreaterThan(TimeUnit.MILLISECONDS.toNanos(ROUND));
  }

  @Test
  void threadsWithOneVisitEach_areTimed() throws InterruptedException {
    HookDispatcher hookDispatcher = dispatcherFor(at -> {});

    for (int thread = 0; thread < 30 * ROUND; thread++) {
      onThread(() -> visit(hookDispatcher, 1, 1));
    }

    assertThat(hookDispatcher.count()).isBetween(5L * ROUND, 80L * ROUND);
  }

  @Test
  void visitsThatAreNotObserved_areNotCounted() throws InterruptedException {
    HookDispatcher hookDispatcher = dispatcherFor(at -> {});

    onThread(
        () -> {
          ThreadState.busy(ThreadState.current(), true);
          visit(hookDispatcher, 1, 10 * ROUND);
        });

    assertThat(hookDispatcher.count()).isZero();
    assertThat(hookDispatcher.nanos()).isZero();
  }

  private static long sleep() {
    long from = System.nanoTime();
    try {
      Thread.sleep(1);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    return System.nanoTime() - from;
  }

  private static void visit(HookDispatcher hookDispatcher, int joinPoints, int rounds) {
    for (int round = 0; round < rounds; round++) {
      for (int at = 0; at < joinPoints; at++) {
        hookDispatcher.accept(new @Nullable Object[0], hookDispatcher.base + at);
      }
    }
  }

  /** A new thread, so that its state is new. */
  private static void onThread(Runnable work) throws InterruptedException {
    Thread thread = new Thread(work);
    thread.start();
    thread.join();
  }

  private static byte[] freshState() {
    List<byte[]> states = new ArrayList<>();
    Thread thread = new Thread(() -> states.add(ThreadState.current()));
    thread.start();
    try {
      thread.join();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    return states.get(0);
  }

  private static HookDispatcher dispatcherFor(IntConsumer observer) {
    TamperHook tamper = new TamperHook(new EventSink(new EpochClock()), thread -> true);
    Hook hook =
        new Hook() {
          @Override
          public String group() {
            return "test";
          }

          @Override
          public List<HookPoint> joinPoints() {
            return List.of();
          }

          @Override
          public void observe(int at, @Nullable Object[] values, ThreadState thread) {
            observer.accept(at);
          }
        };
    return new HookDispatcher(
        List.of(hook), new Failures(), new Nesting(thread -> true, tamper), tamper);
  }
}
