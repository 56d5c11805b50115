package whorl.collector;

import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has files read again that were changed while the collector runs: a token that is taken out of its
 * file is nobody's within seconds, and a renewed certificate needs no restart.
 */
final class Reload {
  private static final Logger LOG = LoggerFactory.getLogger(Reload.class);
  private static final Duration EVERY = Duration.ofSeconds(5);

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
    return PeriodicTask.start("reload", EVERY, this::all);
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
