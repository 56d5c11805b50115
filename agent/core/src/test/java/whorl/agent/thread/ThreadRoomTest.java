package whorl.agent.thread;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ThreadRoomTest {
  private static final int COUNT = 5;

  private final List<Thread> made = new ArrayList<>();
  private final AtomicInteger room = new AtomicInteger();
  private final AtomicInteger looks = new AtomicInteger();
  private final CountDownLatch released = new CountDownLatch(1);

  private Thread thread(Runnable work) {
    if (room.getAndDecrement() <= 0) {
      throw new OutOfMemoryError("unable to create native thread");
    }
    Thread thread = new AgentThreads("room-test").newThread(work);
    made.add(thread);
    return thread;
  }

  private ThreadRoom threadRoom() {
    return new ThreadRoom(this::thread, COUNT, Duration.ofMillis(10));
  }

  @Test
  void await_roomForAll_returnsAtOnce_andNoneIsLeft() throws InterruptedException {
    room.set(COUNT);

    threadRoom().await(() -> false);

    assertThat(made).hasSize(COUNT).noneMatch(Thread::isAlive);
  }

  @Test
  void await_roomForSome_waitsForRoomForAll_andKeepsNone() throws InterruptedException {
    room.set(COUNT - 1);

    threadRoom()
        .await(
            () -> {
              assertThat(made).as("the application has them meanwhile").noneMatch(Thread::isAlive);
              room.set(looks.incrementAndGet() < 6 ? COUNT - 2 : COUNT);
              return false;
            });

    assertThat(looks).hasValueGreaterThanOrEqualTo(6);
    assertThat(made.subList(made.size() - COUNT, made.size())).noneMatch(Thread::isAlive);
  }

  @Test
  void await_otherCodeHoldsTheLockOfOneOfItsThreads_returns() throws InterruptedException {
    room.set(COUNT);
    ThreadRoom room =
        new ThreadRoom(
            work -> {
              Thread thread = thread(work);
              if (made.size() == COUNT) { // a thread that has not begun could not even start
                hold(made.get(0));
              }
              return thread;
            },
            COUNT,
            Duration.ofMillis(10));

    room.await(() -> false);

    assertThat(made).hasSize(COUNT);
    released.countDown();
  }

  private void hold(Thread lock) {
    CountDownLatch held = new CountDownLatch(1);
    new Thread(
            () -> {
              synchronized (lock) {
                held.countDown();
                await(released);
              }
            })
        .start();
    await(held);
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void await_endOfTheJvm_doesNotWait() throws InterruptedException {
    threadRoom().await(() -> looks.incrementAndGet() > 0);

    assertThat(made).isEmpty();
  }
}
