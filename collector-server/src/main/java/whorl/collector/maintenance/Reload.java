package whorl.collector.maintenance;

import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reloads files that change while the collector runs: a token removed from its file becomes invalid
 * within seconds, and a renewed certificate needs no restart.
 */
public final class Reload {
  private static final Logger LOG = LoggerFactory.getLogger(Reload.class);
  private static final Duration EVERY = Duration.ofSeconds(5);

  private final Map<String, Part> parts = new LinkedHashMap<>();
  private final Map<String, String> failures = new ConcurrentHashMap<>();

  /** Something that can be reloaded. */
  @FunctionalInterface
  public interface Part {
    /** Reloads it; true if it had changed. */
    boolean reload() throws IOException;
  }

  public Reload with(String name, Part part) {
    parts.put(name, part);
    return this;
  }

  /** Receives a number that is read whenever somebody asks. */
  @FunctionalInterface
  public interface Gauge {
    void add(String name, String help, LongSupplier value);
  }

  /** Adds the metric of files that cannot be reloaded. */
  public Reload register(Gauge metrics) {
    metrics.add(
        "whorl_reload_failing",
        "Files that could not be read again at the last try; their earlier content is in use.",
        failures::size);
    return this;
  }

  /** Starts reloading; closing the result stops it. */
  public AutoCloseable start() {
    return PeriodicTasks.start("reload", EVERY, this::reloadAll);
  }

  void reloadAll() {
    parts.forEach(this::reload);
  }

  private void reload(String name, Part part) {
    try {
      if (part.reload()) {
        LOG.info("{} were reloaded", name);
      }
      failures.remove(name);
    } catch (IOException | RuntimeException | Error e) {
      // the same failure must not fill the log
      String failure = String.valueOf(e.getMessage());
      if (!failure.equals(failures.put(name, failure))) {
        LOG.warn("{} could not be reloaded and stay unchanged: {}", name, failure);
      }
    }
  }
}
