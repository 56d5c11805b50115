package whorl.collector;

import java.io.IOException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.collector.custody.CustodyLog;

/** Each second the end of the custody log is kept apart from it. */
final class CustodyEnd {
  private static final Logger LOG = LoggerFactory.getLogger(CustodyEnd.class);

  private CustodyEnd() {}

  /** Starts; closing what is returned stops it. */
  static AutoCloseable start(CustodyLog custody) {
    ScheduledExecutorService timer =
        Executors.newSingleThreadScheduledExecutor(
            work -> {
              Thread thread = new Thread(work, "whorl-custody-end");
              thread.setDaemon(true);
              return thread;
            });
    ScheduledFuture<?> unused =
        timer.scheduleWithFixedDelay(() -> remember(custody), 1, 1, TimeUnit.SECONDS);
    // no interrupt: that would close the files that it is writing to
    return () -> {
      timer.shutdown();
      timer.awaitTermination(10, TimeUnit.SECONDS);
    };
  }

  private static void remember(CustodyLog custody) {
    try {
      custody.rememberEnd();
    } catch (IOException | RuntimeException | Error e) {
      LOG.warn("the end of the custody log could not be kept apart from it; tried again", e);
    }
  }
}
