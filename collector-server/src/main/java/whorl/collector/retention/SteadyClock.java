package whorl.collector.retention;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether the wall clock is reliable enough to purge by age. A clock that is wrong by a
 * month would purge a month of evidence irrecoverably, while waiting a day costs little. Therefore
 * no limit purges within a day after a jump: a difference of more than ten minutes between the wall
 * clock and the elapsed time. The same applies within a day after a start that is more than a day
 * after the last custody entry, or before it. Thread-safe.
 */
final class SteadyClock {
  static final Duration WAIT = Duration.ofDays(1);
  private static final Duration TOLERANCE = Duration.ofMinutes(10);

  private final InstantSource wall;
  private final LongSupplier nanos;
  private Instant lastWall;
  private long lastNanos;
  private long waitFromNanos;
  private @Nullable String why;

  /**
   * @param nanos like {@link System#nanoTime}
   * @param lastKnown the time of the collector's last custody entry; null if there is none
   */
  SteadyClock(InstantSource wall, LongSupplier nanos, @Nullable Instant lastKnown) {
    this.wall = wall;
    this.nanos = nanos;
    this.lastWall = wall.instant();
    this.lastNanos = nanos.getAsLong();
    if (lastKnown != null) {
      Duration down = Duration.between(lastKnown, lastWall);
      if (down.compareTo(TOLERANCE.negated()) < 0) {
        doubt("the clock is " + text(down.negated()) + " behind the last entry in custody");
      } else if (down.compareTo(WAIT) > 0) {
        doubt("the collector was away for " + text(down) + ", or its clock is wrong");
      }
    }
  }

  /**
   * Why the clock is in doubt.
   *
   * @param until when the doubt ends, by this clock; null if time alone does not end it
   */
  record Doubt(String why, @Nullable Instant until) {}

  /** Why purging by limits is suspended; null if it is not. Compares the clocks. */
  synchronized @Nullable Doubt doubt() {
    Instant now = wall.instant();
    long nanosNow = nanos.getAsLong();
    Duration passed = Duration.ofNanos(nanosNow - lastNanos);
    Duration jump = Duration.between(lastWall, now).minus(passed);
    lastWall = now;
    lastNanos = nanosNow;
    if (jump.abs().compareTo(TOLERANCE) > 0) {
      doubt(
          "the clock jumped " + (jump.isNegative() ? "back" : "ahead") + " by " + text(jump.abs()));
    }
    String currentWhy = why;
    if (currentWhy == null) {
      return null;
    }
    Duration left = WAIT.minus(Duration.ofNanos(nanosNow - waitFromNanos));
    if (left.isNegative() || left.isZero()) {
      why = null;
      return null;
    }
    return new Doubt(currentWhy, now.plus(left));
  }

  private void doubt(String what) {
    why = what;
    waitFromNanos = lastNanos;
  }

  private static String text(Duration time) {
    return time.toDays() > 0
        ? time.toDays() + " d " + time.toHoursPart() + " h"
        : time.toHours() + " h " + time.toMinutesPart() + " min";
  }
}
