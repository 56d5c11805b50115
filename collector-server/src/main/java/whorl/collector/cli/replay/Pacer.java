package whorl.collector.cli.replay;

import java.time.Duration;
import java.time.Instant;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Delays events until they are due, relative to the first one. For one thread. */
final class Pacer {
  private final double speed;
  private final LongSupplier nanos;
  private final Consumer<Duration> pause;
  private @Nullable Instant firstEvent;
  private long firstNanos;

  /**
   * @param speed 1 is the original pace; infinity means no delay
   * @param nanos a monotonic clock
   * @param pause sleeps for the given time
   */
  Pacer(double speed, LongSupplier nanos, Consumer<Duration> pause) {
    this.speed = speed;
    this.nanos = nanos;
    this.pause = pause;
  }

  /**
   * Parses the speed.
   *
   * @throws IllegalArgumentException if it is malformed; the message says what is allowed
   */
  static double speed(String text) {
    if (text.equals("max")) {
      return Double.POSITIVE_INFINITY;
    }
    if (text.matches("\\d{1,6}(\\.\\d{1,3})?x")) {
      double speed = Double.parseDouble(text.substring(0, text.length() - 1));
      if (speed > 0) {
        return speed;
      }
    }
    throw new IllegalArgumentException("not a pace: " + text + "; use 1x, 10x, 0.5x or max");
  }

  /** Waits until an event of this time is due. */
  void await(Instant time) {
    if (Double.isInfinite(speed)) {
      return;
    }
    Instant first = firstEvent;
    if (first == null) {
      firstEvent = time;
      firstNanos = nanos.getAsLong();
      return;
    }
    double due = Duration.between(first, time).toNanos() / speed;
    long early = (long) due - (nanos.getAsLong() - firstNanos);
    if (early > 0) {
      pause.accept(Duration.ofNanos(early));
    }
  }
}
