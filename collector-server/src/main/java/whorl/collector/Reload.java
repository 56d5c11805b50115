package whorl.collector;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has files read again that were changed while the collector runs: a token that is taken out of its
 * file is nobody's within seconds, and a renewed certificate needs no restart.
 */
final class Reload {
  private static final Logger LOG = LoggerFactory.getLogger(Reload.class);
  private static final long EVERY_SECONDS = 5;

  private final Map<String, Part> parts = new LinkedHashMap<>();
  private final Map<String, String> failures = new LinkedHashMap<>();

  /** What can be read again. */
  @FunctionalInterface
  interface Part {
    /** Whether it had changed. */
    boolean reload() throws IOException;
  }

  Reload with(String what, Part part) {
    parts.put(what, part);
    return this;
  }

  /** Starts; closing what is returned stops it. */
  AutoCloseable start() {
    ScheduledExecutorService timer =
        Executors.newSingleThreadScheduledExecutor(
            work -> {
              Thread thread = new Thread(work, "whorl-reload");
              thread.setDaemon(true);
              return thread;
            });
    ScheduledFuture<?> unused =
        timer.scheduleWithFixedDelay(this::all, EVERY_SECONDS, EVERY_SECONDS, TimeUnit.SECONDS);
    return timer::shutdownNow;
  }

  void all() {
    parts.forEach(this::one);
  }

  private void one(String what, Part part) {
    try {
      if (part.reload()) {
        LOG.info("{} were read again", what);
      }
      failures.remove(what);
    } catch (IOException | RuntimeException | Error e) {
      // the same over and over must not fill the log
      String failure = String.valueOf(e.getMessage());
      if (!failure.equals(failures.put(what, failure))) {
        LOG.warn("{} could not be read again, and stay as they were: {}", what, failure);
      }
    }
  }
}
