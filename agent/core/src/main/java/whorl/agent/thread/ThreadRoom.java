package whorl.agent.thread;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Waits until the JVM can make all threads that the agent needs: if only some of them could start,
 * the agent would be half started. It tries by starting as many for a moment, and ends them before
 * it tries again, so that the application has them meanwhile.
 */
public final class ThreadRoom {
  private static final Logger LOG = LoggerFactory.getLogger(ThreadRoom.class);

  /** Those of the agent and of JFR, and some more, because the application starts threads too. */
  private static final int THREADS = 24;

  private static final Duration FIRST_PAUSE = Duration.ofSeconds(5);
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(5);
  private static final long LOOK_MILLIS = 250;
  private static final long END_SECONDS = 5;

  private final ThreadFactory threads;
  private final int count;
  private final Duration firstPause;

  public ThreadRoom() {
    this(new AgentThreads("room"), THREADS, FIRST_PAUSE);
  }

  ThreadRoom(ThreadFactory threads, int count, Duration firstPause) {
    this.threads = threads;
    this.count = count;
    this.firstPause = firstPause;
  }

  /**
   * Returns when there is room for the threads.
   *
   * @param givesUp true if it must return anyway, because the JVM ends
   */
  public void await(BooleanSupplier givesUp) throws InterruptedException {
    Duration pause = firstPause;
    while (!isThere() && !givesUp.getAsBoolean()) {
      LOG.warn("the JVM can make no {} threads now; the agent tries it again in {}", count, pause);
      long end = System.nanoTime() + pause.toNanos();
      while (System.nanoTime() - end < 0 && !givesUp.getAsBoolean()) {
        TimeUnit.MILLISECONDS.sleep(Math.min(LOOK_MILLIS, pause.toMillis()));
      }
      pause =
          pause.compareTo(LONGEST_PAUSE.dividedBy(2)) < 0 ? pause.multipliedBy(2) : LONGEST_PAUSE;
    }
  }

  private boolean isThere() throws InterruptedException {
    CountDownLatch end = new CountDownLatch(1);
    Semaphore ended = new Semaphore(0);
    int started = 0;
    try {
      while (started < count) {
        threads.newThread(new Waiting(end, ended)).start();
        started++;
      }
      return true;
    } catch (OutOfMemoryError noRoom) { // also if the operating system refuses a thread
      return false;
    } finally {
      end.countDown();
      // Does not join the threads: any code could hold the locks that this needs, for ever.
      boolean unused = ended.tryAcquire(started, END_SECONDS, TimeUnit.SECONDS);
    }
  }

  private record Waiting(CountDownLatch end, Semaphore ended) implements Runnable {
    @Override
    public void run() {
      try {
        end.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      } finally {
        ended.release();
      }
    }
  }
}
