package whorl.collector.maintenance;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs a task repeatedly on its own thread; a failure is logged, and the task runs again. */
public final class PeriodicTask {
  private static final Logger LOG = LoggerFactory.getLogger(PeriodicTask.class);
  private static final long END_SECONDS = 10;

  private PeriodicTask() {}

  /** The task. */
  @FunctionalInterface
  public interface Task {
    void run() throws Exception;
  }

  /**
   * Starts the task. Closing the result stops it and waits for a running pass: an interrupt would
   * close the files that it writes.
   *
   * @param name the name for the thread and for messages, such as {@code expiry}
   */
  public static AutoCloseable start(String name, Duration pause, Task task) {
    ScheduledExecutorService timer =
        Executors.newSingleThreadScheduledExecutor(
            work -> {
              Thread thread = new Thread(work, "whorl-" + name);
              thread.setDaemon(true);
              return thread;
            });
    RepeatedFailures failures = new RepeatedFailures();
    ScheduledFuture<?> unused =
        timer.scheduleWithFixedDelay(
            () -> runOnce(name, task, failures),
            pause.toMillis(),
            pause.toMillis(),
            TimeUnit.MILLISECONDS);
    return () -> {
      timer.shutdown();
      timer.awaitTermination(END_SECONDS, TimeUnit.SECONDS);
    };
  }

  private static void runOnce(String name, Task task, RepeatedFailures failures) {
    try {
      task.run();
      long before = failures.worked();
      if (before > 1) {
        LOG.info("{} works again after {} failures", name, before);
      }
    } catch (Exception | Error e) {
      switch (failures.failed(System.nanoTime())) {
        case WITH_TRACE -> LOG.warn("{} failed; it is tried again", name, e);
        case IN_ONE_LINE ->
            LOG.warn("{} failed {} times in a row: {}", name, failures.inARow(), e.toString());
        case NOTHING -> {}
      }
    }
  }
}
