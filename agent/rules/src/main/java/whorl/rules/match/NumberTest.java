package whorl.rules.match;

/** Compares numbers. A text with the same digits counts as equal. */
public final class NumberTest implements ValueTest {
  /** The relation of the field's value to the rule's. */
  public enum Relation {
    EQUAL,
    LESS,
    LESS_OR_EQUAL,
    GREATER,
    GREATER_OR_EQUAL;

    boolean holds(int comparison) {
      return switch (this) {
        case EQUAL -> comparison == 0;
        case LESS -> comparison < 0;
        case LESS_OR_EQUAL -> comparison <= 0;
        case GREATER -> comparison > 0;
        case GREATER_OR_EQUAL -> comparison >= 0;
      };
    }
  }

  private final Relation relation;
  private final Number wanted;
  private final String wantedText;

  /**
   * @param wanted a Long or a Double
   */
  public NumberTest(Relation relation, Number wanted) {
    this.relation = relation;
    this.wanted = wanted;
    this.wantedText = wanted.toString();
  }

  @Override
  public boolean test(Object value) {
    if (value instanceof Number number) {
      return relation.holds(compare(number));
    }
    return relation == Relation.EQUAL && wantedText.equals(value);
  }

  private int compare(Number number) {
    boolean whole = number instanceof Long || number instanceof Integer || number instanceof Short;
    return whole && wanted instanceof Long
        ? Long.compare(number.longValue(), wanted.longValue())
        : Double.compare(number.doubleValue(), wanted.doubleValue());
  }

  @Override
  public long cost() {
    return 1;
  }
}
