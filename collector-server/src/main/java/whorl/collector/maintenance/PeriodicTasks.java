package whorl.collector.maintenance;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.collector.thread.DaemonThreads;

/**
 * Runs tasks repeatedly, one after the other, on a thread of their own. A task that fails is
 * logged, and runs again; the others run all the same.
 */
public final class PeriodicTasks implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(PeriodicTasks.class);
  private static final long END_SECONDS = 10;

  private final ScheduledExecutorService timer;

  /** The task. */
  @FunctionalInterface
  public interface Task {
    void run() throws Exception;
  }

  /**
   * @param name of the thread, without {@code whorl-}
   */
  public PeriodicTasks(String name) {
    timer = Executors.newSingleThreadScheduledExecutor(new DaemonThreads("whorl-" + name));
  }

  /**
   * Starts one task on a thread of its own. Closing the result stops it and waits for a running
   * pass.
   *
   * @param name the name for the thread and for messages, such as {@code expiry}
   */
  public static PeriodicTasks start(String name, Duration pause, Task task) {
    return new PeriodicTasks(name).every(pause, name, task);
  }

  /**
   * Starts a task.
   *
   * @param pause before the first pass, and between two
   * @param name for messages, such as {@code expiry}
   */
  public PeriodicTasks every(Duration pause, String name, Task task) {
    RepeatedFailures failures = new RepeatedFailures();
    ScheduledFuture<?> unused =
        timer.scheduleWithFixedDelay(
            () -> runOnce(name, task, failures),
            pause.toMillis(),
            pause.toMillis(),
            TimeUnit.MILLISECONDS);
    return this;
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

  /**
   * Stops the tasks and waits for a running pass, ten seconds at most. It is not interrupted,
   * because an interrupt would close the files that it writes.
   */
  @Override
  public void close() {
    timer.shutdown();
    try {
      if (!timer.awaitTermination(END_SECONDS, TimeUnit.SECONDS)) {
        LOG.warn("a task still runs after {} s; the collector ends all the same", END_SECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Stops the tasks; a running pass is interrupted. */
  public void closeNow() {
    timer.shutdownNow();
  }
}
