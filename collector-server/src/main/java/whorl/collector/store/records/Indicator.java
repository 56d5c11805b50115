package whorl.collector.store.records;

import java.time.Instant;

/**
 * A significant value, and when it was seen in one place.
 *
 * @param value in its normal form, at most {@link #VALUE_CHARS} characters
 * @param count how often it was seen
 */
public record Indicator(
    IndicatorKind kind, String value, Instant firstSeen, Instant lastSeen, long count) {
  public static final int VALUE_CHARS = 512;

  public Indicator {
    if (value.isEmpty() || value.length() > VALUE_CHARS) {
      throw new IllegalArgumentException(
          kind.word()
              + ": a value must have 1 to "
              + VALUE_CHARS
              + " characters, not "
              + value.length());
    }
  }

  /** Merges two indicators of the same value. */
  public Indicator and(Indicator other) {
    return new Indicator(
        kind,
        value,
        firstSeen.isBefore(other.firstSeen) ? firstSeen : other.firstSeen,
        lastSeen.isAfter(other.lastSeen) ? lastSeen : other.lastSeen,
        count + other.count);
  }
}
