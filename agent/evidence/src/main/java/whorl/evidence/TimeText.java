package whorl.evidence;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;

/** Times in the form of {@link Instant#toString}, which would create five objects for each. */
final class TimeText {
  /** The length of {@code 2001-02-03T04:05:06.123456789Z}. */
  static final int MAX_CHARS = 30;

  private static final long YEAR_0 = -62_167_219_200L;
  private static final long YEAR_10000 = 253_402_300_800L;

  private TimeText() {}

  /**
   * Writes the time to the beginning of {@code text}.
   *
   * @return the number of characters; 0 if its year does not have four digits
   */
  static int write(Instant time, char[] text) {
    long seconds = time.getEpochSecond();
    if (seconds < YEAR_0 || seconds >= YEAR_10000) {
      return 0;
    }
    LocalDateTime day = LocalDateTime.ofEpochSecond(seconds, 0, ZoneOffset.UTC);
    int at = digits(day.getYear(), 4, text, 0, '-');
    at = digits(day.getMonthValue(), 2, text, at, '-');
    at = digits(day.getDayOfMonth(), 2, text, at, 'T');
    at = digits(day.getHour(), 2, text, at, ':');
    at = digits(day.getMinute(), 2, text, at, ':');
    int nanos = time.getNano();
    at = digits(day.getSecond(), 2, text, at, nanos == 0 ? 'Z' : '.');
    if (nanos == 0) {
      return at;
    }
    // Three, six or nine digits.
    if (nanos % 1_000_000 == 0) {
      return digits(nanos / 1_000_000, 3, text, at, 'Z');
    }
    return nanos % 1_000 == 0
        ? digits(nanos / 1_000, 6, text, at, 'Z')
        : digits(nanos, 9, text, at, 'Z');
  }

  /** Writes the number with this many digits and the character after it; returns the end. */
  private static int digits(int number, int count, char[] text, int from, char then) {
    int left = number;
    for (int i = from + count - 1; i >= from; i--) {
      text[i] = (char) ('0' + left % 10);
      left /= 10;
    }
    text[from + count] = then;
    return from + count + 1;
  }
}
