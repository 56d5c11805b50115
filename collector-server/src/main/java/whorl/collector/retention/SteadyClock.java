package whorl.collector.retention;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Whether the clock may be believed when it says that evidence is old. A clock that is wrong by a
 * month would purge a month's evidence, and nothing brings that back; waiting a day costs little.
 * So nothing is purged by a limit within a day of a jump, that is when the wall clock has gone more
 * than ten minutes further, or less far, than the time that passed; and within a day of a start
 * more than a day after the last entry in custody, or before it. Thread-safe.
 */
final class SteadyClock {
  static final Duration WAIT = Duration.ofDays(1);
  private static final Duration TOLERANCE = Duration.ofMinutes(10);

  private final InstantSource wall;
  private final LongSupplier nanos;
  private Instant wallThen;
  private long nanosThen;
  private long waitFromNanos;
  private @Nullable String why;

  /**
   * @param lastKnown when the collector last wrote something down; null when it never did
   * @param nanos as {@link System#nanoTime}
   */
  SteadyClock(InstantSource wall, LongSupplier nanos, @Nullable Instant lastKnown) {
    this.wall = wall;
    this.nanos = nanos;
    this.wallThen = wall.instant();
    this.nanosThen = nanos.getAsLong();
    if (lastKnown != null) {
      Duration away = Duration.between(lastKnown, wallThen);
      if (away.compareTo(TOLERANCE.negated()) < 0) {
        doubt("the clock is " + words(away.negated()) + " behind the last entry in custody");
      } else if (away.compareTo(WAIT) > 0) {
        doubt("the collector was away for " + words(away) + ", or its clock is wrong");
      }
    }
  }

  /**
   * What is doubtful.
   *
   * @param until when it will be believed, by that clock; null where time alone mends nothing
   */
  record Doubt(String why, @Nullable Instant until) {}

  /** Why limits wait; null when they need not. Looks at the clock. */
  synchronized @Nullable Doubt doubt() {
    Instant now = wall.instant();
    long nanosNow = nanos.getAsLong();
    Duration passed = Duration.ofNanos(nanosNow - nanosThen);
    Duration jump = Duration.between(wallThen, now).minus(passed);
    wallThen = now;
    nanosThen = nanosNow;
    if (jump.abs().compareTo(TOLERANCE) > 0) {
      doubt(
          "the clock jumped "
              + (jump.isNegative() ? "back" : "ahead")
              + " by "
              + words(jump.abs()));
    }
    String doubted = why;
    if (doubted == null) {
      return null;
    }
    Duration left = WAIT.minus(Duration.ofNanos(nanosNow - waitFromNanos));
    if (left.isNegative() || left.isZero()) {
      why = null;
      return null;
    }
    return new Doubt(doubted, now.plus(left));
  }

  private void doubt(String what) {
    why = what;
    waitFromNanos = nanosThen;
  }

  private static String words(Duration time) {
    return time.toDays() > 0
        ? time.toDays() + " d " + time.toHoursPart() + " h"
        : time.toHours() + " h " + time.toMinutesPart() + " min";
  }
}
