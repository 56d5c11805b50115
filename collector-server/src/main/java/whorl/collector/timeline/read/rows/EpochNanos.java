package whorl.collector.timeline.read.rows;

import java.time.Instant;

/** Times as nanoseconds since 1970, within a plausible range. */
public final class EpochNanos {
  /** An invalid time. */
  public static final long NONE = Long.MIN_VALUE;

  private static final long NANOS_PER_SECOND = 1_000_000_000L;
  private static final long LATEST_SECOND = 9_000_000_000L;

  private EpochNanos() {}

  /** {@link #NONE} if before 1970 or after the year 2255. */
  public static long of(Instant time) {
    long second = time.getEpochSecond();
    return second < 0 || second > LATEST_SECOND ? NONE : second * NANOS_PER_SECOND + time.getNano();
  }

  /** From nanoseconds since 1970; {@link #NONE} if before 1970 or after the year 2255. */
  public static long of(long nanos) {
    return nanos < 0 || nanos / NANOS_PER_SECOND > LATEST_SECOND ? NONE : nanos;
  }

  /** From seconds with optional decimals, as in bodyfiles; {@link #NONE} if malformed. */
  public static long ofSeconds(String decimal) {
    int dot = decimal.indexOf('.');
    String integerPart = dot < 0 ? decimal : decimal.substring(0, dot);
    String fraction = dot < 0 ? "" : decimal.substring(dot + 1);
    if (integerPart.isEmpty()
        || integerPart.length() > 10
        || fraction.length() > 9
        || !digits(integerPart)
        || !digits(fraction)) {
      return NONE;
    }
    long second = Long.parseLong(integerPart);
    long nanos = fraction.isEmpty() ? 0 : Long.parseLong(fraction);
    for (int i = fraction.length(); i < 9; i++) {
      nanos *= 10;
    }
    return second > LATEST_SECOND ? NONE : second * NANOS_PER_SECOND + nanos;
  }

  private static boolean digits(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) < '0' || text.charAt(i) > '9') {
        return false;
      }
    }
    return true;
  }
}
