package whorl.rules.match;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A test of one value of a field. Pure, immutable and thread-safe. */
public interface ValueTest {
  /**
   * @param value a String, a Number or a Boolean
   */
  boolean test(Object value);

  /** The cost relative to comparing two short texts, as {@link Matcher#cost}. */
  long cost();

  /**
   * Texts in the form of {@link RequiredTexts.Need}; every passing value contains one of them. Null
   * if there are none.
   */
  default @Nullable List<String> needs() {
    return null;
  }

  /** The value in the form that rules compare. */
  static String text(Object value) {
    return value instanceof String text ? text : value.toString();
  }
}
