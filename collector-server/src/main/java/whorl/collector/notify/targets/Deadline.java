package whorl.collector.notify.targets;

import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.collector.thread.DaemonThreads;

/**
 * Closes a connection when a delivery ends, or takes too long in all: a limit of each read does not
 * end an exchange with somebody who sends a byte now and then, and TLS that failed on top of a
 * connection may leave it open.
 */
final class Deadline implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Deadline.class);
  private static final ScheduledExecutorService TIMER =
      Executors.newSingleThreadScheduledExecutor(new DaemonThreads("whorl-notify-deadline"));

  private final ScheduledFuture<?> task;
  private final Duration limit;
  private @Nullable Closeable connection;
  private boolean passed;

  private Deadline(Duration limit) {
    this.limit = limit;
    this.task = TIMER.schedule(this::pass, limit.toMillis(), TimeUnit.MILLISECONDS);
  }

  static Deadline in(Duration limit) {
    return new Deadline(limit);
  }

  /** Closes this when the time is over; at once if it is over already. */
  synchronized void watch(Closeable opened) throws IOException {
    connection = opened;
    if (passed) {
      opened.close();
      throw new IOException(tooLong());
    }
  }

  private synchronized void pass() {
    passed = true;
    closeConnection();
  }

  private synchronized void closeConnection() {
    try {
      if (connection != null) {
        connection.close();
      }
    } catch (IOException e) {
      LOG.debug("a connection did not close cleanly", e);
    }
  }

  /** Says what happened: a closed connection has the message of its own failure. */
  synchronized IOException explain(IOException failure) {
    return passed ? new IOException(tooLong(), failure) : failure;
  }

  private String tooLong() {
    return "no end within " + limit.toSeconds() + " s";
  }

  @Override
  public void close() {
    task.cancel(false);
    closeConnection();
  }
}
