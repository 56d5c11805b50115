package whorl.agent.rule;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A test of one value of a field. Pure, immutable, and called by any thread. */
interface ValueTest {
  /**
   * @param value a String, a Number or a Boolean
   */
  boolean test(Object value);

  /** Relative to comparing two short texts, as {@link Matcher#cost}. */
  long cost();

  /**
   * Texts as {@link RequiredTexts.Need} has them, one of which is in each value that passes; null
   * if not.
   */
  default @Nullable List<String> needs() {
    return null;
  }

  /** The value as rules see it. */
  static String text(Object value) {
    return value instanceof String text ? text : value.toString();
  }
}
