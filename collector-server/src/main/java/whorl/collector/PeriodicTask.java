package whorl.collector;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does something again and again on a thread of its own; a failure is told, and it is tried again.
 */
final class PeriodicTask {
  private static final Logger LOG = LoggerFactory.getLogger(PeriodicTask.class);
  private static final long END_SECONDS = 10;

  private PeriodicTask() {}

  /** What is done. */
  @FunctionalInterface
  interface Task {
    void run() throws Exception;
  }

  /**
   * Starts; closing what is returned ends it, and waits for what is under way: an interrupt would
   * close the files that it is writing to.
   *
   * @param what for the thread's name and for messages, such as {@code expiry}
   */
  static AutoCloseable start(String what, Duration pause, Task task) {
    ScheduledExecutorService timer =
        Executors.newSingleThreadScheduledExecutor(
            work -> {
              Thread thread = new Thread(work, "whorl-" + what);
              thread.setDaemon(true);
              return thread;
            });
    ScheduledFuture<?> unused =
        timer.scheduleWithFixedDelay(
            () -> once(what, task), pause.toMillis(), pause.toMillis(), TimeUnit.MILLISECONDS);
    return () -> {
      timer.shutdown();
      timer.awaitTermination(END_SECONDS, TimeUnit.SECONDS);
    };
  }

  private static void once(String what, Task task) {
    try {
      task.run();
    } catch (Exception | Error e) {
      LOG.warn("{} failed; it is tried again", what, e);
    }
  }
}
