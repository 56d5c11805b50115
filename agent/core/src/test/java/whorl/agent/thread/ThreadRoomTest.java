package whorl.agent.thread;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ThreadRoomTest {
  private static final int COUNT = 5;

  private final List<Thread> made = new ArrayList<>();
  private final AtomicInteger room = new AtomicInteger();
  private final AtomicInteger looks = new AtomicInteger();

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

    assertThat(made).hasSize(COUNT);
    awaitEnds();
  }

  @Test
  void await_locksOfTheThreadsHeldByOthers_returns() throws InterruptedException {
    room.set(COUNT);
    ThreadFactory held =
        work -> {
          Thread thread = thread(work);
          CountDownLatch locked = new CountDownLatch(1);
          Thread holder =
              new Thread(
                  () -> {
                    synchronized (thread) { // a thread ends with its own lock held
                      locked.countDown();
                      LockSupport.parkNanos(TimeUnit.MINUTES.toNanos(1));
                    }
                  });
          holder.setDaemon(true);
          // Thread.start needs the lock too.
          return new Thread(work) {
            @Override
            public void start() {
              thread.start();
              holder.start();
              try {
                locked.await();
              } catch (InterruptedException e) {
                throw new IllegalStateException(e);
              }
            }
          };
        };

    new ThreadRoom(held, COUNT, Duration.ofMillis(10)).await(() -> false);

    assertThat(made).hasSize(COUNT);
  }

  @Test
  void await_roomForSome_waitsForRoomForAll_andKeepsNone() throws InterruptedException {
    room.set(COUNT - 1);

    threadRoom()
        .await(
            () -> {
              awaitEnds();
              room.set(looks.incrementAndGet() < 6 ? COUNT - 2 : COUNT);
              return false;
            });

    assertThat(looks).hasValueGreaterThanOrEqualTo(6);
    awaitEnds();
  }

  /** They are about to end: nobody waits for their locks. */
  private void awaitEnds() {
    Awaitility.await("the application has them")
        .until(() -> made.stream().noneMatch(Thread::isAlive));
  }

  @Test
  void await_endOfTheJvm_doesNotWait() throws InterruptedException {
    threadRoom().await(() -> looks.incrementAndGet() > 0);

    assertThat(made).isEmpty();
  }
}
