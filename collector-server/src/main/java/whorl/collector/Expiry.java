package whorl.collector;

import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.collector.receive.Receiver;

/** Once a minute, what has come of uploads whose agents are gone is kept as partial evidence. */
final class Expiry {
  private static final Logger LOG = LoggerFactory.getLogger(Expiry.class);

  private Expiry() {}

  /** Starts; closing what is returned stops it. */
  static AutoCloseable start(Receiver receiver) {
    ScheduledExecutorService timer =
        Executors.newSingleThreadScheduledExecutor(
            work -> {
              Thread thread = new Thread(work, "whorl-expiry");
              thread.setDaemon(true);
              return thread;
            });
    ScheduledFuture<?> unused =
        timer.scheduleWithFixedDelay(() -> expire(receiver), 1, 1, TimeUnit.MINUTES);
    return timer::shutdownNow;
  }

  private static void expire(Receiver receiver) {
    try {
      receiver.expire();
    } catch (RuntimeException | Error e) {
      LOG.warn("looking for expired uploads failed; trying again in a minute", e);
    }
  }
}
