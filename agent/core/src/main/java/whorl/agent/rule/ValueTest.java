package whorl.agent.rule;

/** A test of one value of a field. Pure, immutable, and called by any thread. */
interface ValueTest {
  /**
   * @param value a String, a Number or a Boolean
   */
  boolean test(Object value);

  /** Relative to comparing two short texts, as {@link Matcher#cost}. */
  long cost();

  /** The value as rules see it. */
  static String text(Object value) {
    return value instanceof String text ? text : value.toString();
  }
}
