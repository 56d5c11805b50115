package whorl.rules.correlate;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.rules.match.RuleRefused;

/**
 * The bounds of a count, which all apply together.
 *
 * @param min at least so many
 * @param max at most so many; {@link Long#MAX_VALUE} for no limit
 * @param excluded a number that the count must differ from; null for none
 */
public record CountCondition(long min, long max, @Nullable Long excluded) {
  /** A group holds no more events than this, so no rule can require more. */
  static final int MAX_COUNT = 2_000;

  /**
   * Reads {@code gte}, {@code gt}, {@code lte}, {@code lt}, {@code eq} and {@code neq}; the key
   * {@code field} is skipped.
   */
  public static CountCondition of(Map<?, ?> map) throws RuleRefused {
    long min = 0;
    long max = Long.MAX_VALUE;
    Long excluded = null;
    boolean any = false;
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      String word = String.valueOf(entry.getKey());
      if (word.equals("field")) {
        continue;
      }
      long number = number(word, entry.getValue());
      switch (word) {
        case "gte" -> min = Math.max(min, number);
        case "gt" -> min = Math.max(min, number + 1);
        case "lte" -> max = Math.min(max, number);
        case "lt" -> max = Math.min(max, number - 1);
        case "eq" -> {
          min = Math.max(min, number);
          max = Math.min(max, number);
        }
        case "neq" -> excluded = number;
        default ->
            throw new RuleRefused(
                "correlation.condition: "
                    + RuleRefused.quoted(word)
                    + " is none of gte, gt, lte, lt, eq, neq, field");
      }
      any = true;
    }
    if (!any) {
      throw new RuleRefused("correlation.condition has no number (gte, gt, lte, lt, eq, neq)");
    }
    if (min > max) {
      throw new RuleRefused("correlation.condition can never hold");
    }
    return new CountCondition(min, max, excluded);
  }

  private static long number(String word, @Nullable Object value) throws RuleRefused {
    if (!(value instanceof Number number)
        || number.doubleValue() != Math.rint(number.doubleValue())
        || number.longValue() < 0
        || number.longValue() > MAX_COUNT) {
      throw new RuleRefused(
          "correlation.condition."
              + word
              + " is not a whole number from 0 to "
              + MAX_COUNT
              + ": "
              + RuleRefused.quoted(value));
    }
    return number.longValue();
  }

  boolean holds(long count) {
    return count >= min && count <= max && (excluded == null || count != excluded);
  }

  /**
   * True if the condition stays true once {@link #min} is reached. Otherwise it is decided at the
   * end of the timespan.
   */
  boolean isDecidedEarly() {
    return max == Long.MAX_VALUE && excluded == null;
  }
}
