package whorl.agent.threshold;

import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.agent.config.AgentConfig.Reading;
import whorl.evidence.Alert;
import whorl.evidence.Id;
import whorl.evidence.Level;

/**
 * Compares readings of this JVM with their limits every five seconds, and raises an alert for each
 * that was at or above its limit three times in a row. It alerts again only after the reading was
 * below nine tenths of the limit. For one thread, {@code whorl-threshold}, which runs only if a
 * limit is set.
 */
public final class ThresholdWatch {
  private static final Logger LOG = LoggerFactory.getLogger(ThresholdWatch.class);
  private static final String RULE = "jvm.threshold.";
  private static final long EVERY_MILLIS = 5_000;
  private static final int TIMES = 3;
  private static final double LOW = 0.9;

  /** Reads a value; a negative one is not known yet. */
  @FunctionalInterface
  public interface Readings {
    /**
     * @throws IOException with the reason if it cannot be read in this JVM
     */
    double read(Reading reading) throws IOException;
  }

  private static final class Watched {
    private final Reading reading;
    private final int limit;
    private int timesAbove;
    private boolean known;
    private boolean failing;
    private boolean alerted;

    Watched(Reading reading, int limit) {
      this.reading = reading;
      this.limit = limit;
    }

    /** True if an alert is due. */
    boolean isPassed(double value) {
      if (value >= limit) {
        timesAbove++;
      } else {
        timesAbove = 0;
        alerted &= value >= limit * LOW;
      }
      return !alerted && timesAbove >= TIMES;
    }
  }

  private final List<Watched> watched = new ArrayList<>();
  private final Readings readings;
  private final Consumer<Alert> alerts;
  private final InstantSource clock;

  /**
   * @param alerts receives an alert, on the watch's thread
   */
  public ThresholdWatch(
      Map<Reading, Integer> limits,
      Readings readings,
      Consumer<Alert> alerts,
      InstantSource clock) {
    limits.forEach((reading, limit) -> watched.add(new Watched(reading, limit)));
    this.readings = readings;
    this.alerts = alerts;
    this.clock = clock;
  }

  public void start(ThreadFactory threads) {
    threads.newThread(this::work).start();
  }

  private void work() {
    // Also if nothing is left to read: a thread that ends would be started again.
    while (!Thread.interrupted()) {
      check();
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(EVERY_MILLIS));
    }
  }

  /**
   * Reads all once. What could never be read in this JVM is not asked for again; what could be read
   * before may be read later, for example when there are descriptors again.
   */
  void check() {
    watched.removeIf(this::isUnreadable);
  }

  private boolean isUnreadable(Watched each) {
    double value;
    try {
      value = readings.read(each.reading);
    } catch (IOException | RuntimeException e) {
      if (!each.failing) {
        LOG.warn(
            "capture.thresholds: {} is not watched{}: {}",
            each.reading.word(),
            each.known ? " for now" : "",
            e.toString());
      }
      each.failing = true;
      return !each.known;
    }
    each.known = true;
    each.failing = false;
    if (each.isPassed(value)) {
      alerts.accept(alert(each.reading, value, each.limit));
      each.alerted = true; // not before: there may be no memory for the alert
    }
    return false;
  }

  private Alert alert(Reading reading, double value, int limit) {
    String unit = unit(reading);
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("reading", reading.word());
    fields.put("value", Math.round(value));
    fields.put("limit", limit);
    return new Alert(
        Id.next(clock),
        "whorl",
        clock.instant(),
        RULE + reading.word(),
        Level.MEDIUM,
        title(reading) + " " + Math.round(value) + unit + ", limit " + limit + unit,
        "The reading stayed at or above the limit of capture.thresholds for "
            + TIMES * EVERY_MILLIS / 1_000
            + " seconds.",
        List.of(),
        fields,
        null,
        List.of());
  }

  private static String unit(Reading reading) {
    if (reading == Reading.ALLOCATION) {
      return " MB/s";
    }
    return reading.isPercent() ? " %" : "";
  }

  private static String title(Reading reading) {
    return switch (reading) {
      case HEAP -> "Heap in use after a collection:";
      case CPU -> "Processor time of the JVM:";
      case THREADS -> "Live threads:";
      case DESCRIPTORS -> "Open file descriptors:";
      case ALLOCATION -> "Allocation over a minute:";
    };
  }
}
