package whorl.collector.thread;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** A daemon thread that does one task after the other, and ends when it has none for a while. */
public final class OneAtATime {
  private static final long IDLE_SECONDS = 10;

  private OneAtATime() {}

  /**
   * Makes the thread; it starts with the first task.
   *
   * @param waitingMax tasks that may wait besides the one that runs; further ones are refused with
   *     a {@link java.util.concurrent.RejectedExecutionException}
   */
  public static ThreadPoolExecutor named(String name, int waitingMax) {
    ThreadPoolExecutor thread =
        new ThreadPoolExecutor(
            1,
            1,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(waitingMax),
            new DaemonThreads(name));
    thread.allowCoreThreadTimeOut(true);
    return thread;
  }
}
