package whorl.agent.rule;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How many there have to be, all bounds together.
 *
 * @param least at least so many
 * @param most at most so many; {@link Long#MAX_VALUE} for any number
 * @param not not exactly so many; null for no such condition
 */
record CountCondition(long least, long most, @Nullable Long not) {
  /** A group holds no more events than this, so that no rule can wait for more. */
  static final int MAX_COUNT = 2_000;

  /**
   * Reads {@code gte}, {@code gt}, {@code lte}, {@code lt}, {@code eq} and {@code neq}; other keys
   * are not looked at.
   */
  static CountCondition of(Map<?, ?> map) throws RuleRefused {
    long least = 0;
    long most = Long.MAX_VALUE;
    Long not = null;
    boolean any = false;
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      String word = String.valueOf(entry.getKey());
      if (word.equals("field")) {
        continue;
      }
      long number = number(word, entry.getValue());
      switch (word) {
        case "gte" -> least = Math.max(least, number);
        case "gt" -> least = Math.max(least, number + 1);
        case "lte" -> most = Math.min(most, number);
        case "lt" -> most = Math.min(most, number - 1);
        case "eq" -> {
          least = Math.max(least, number);
          most = Math.min(most, number);
        }
        case "neq" -> not = number;
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
    if (least > most) {
      throw new RuleRefused("correlation.condition can never hold");
    }
    return new CountCondition(least, most, not);
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
    return count >= least && count <= most && (not == null || count != not);
  }

  /**
   * Whether it holds for good as soon as {@link #least} is reached. If not, whether it holds is
   * known only at the end of the timespan.
   */
  boolean isKnownAtOnce() {
    return most == Long.MAX_VALUE && not == null;
  }
}
