package whorl.agent.rule;

import java.util.List;

/** The conditions on a single field. */
final class FieldMatchers {
  private FieldMatchers() {}

  /** One of the field's values passes one of the tests. */
  static final class Passes implements Matcher {
    private final Field field;
    private final ValueTest[] tests;

    Passes(Field field, List<ValueTest> tests) {
      this.field = field;
      this.tests = tests.toArray(new ValueTest[0]);
    }

    @Override
    public boolean matches(Subject subject) {
      for (ValueTest test : tests) {
        if (field.any(subject, test)) {
          return true;
        }
      }
      return false;
    }

    @Override
    public long cost() {
      long cost = 0;
      for (ValueTest test : tests) {
        cost += test.cost();
      }
      return field.cost() * tests.length + cost;
    }
  }

  /** The event has a value for the field. */
  record Present(Field field) implements Matcher {
    @Override
    public boolean matches(Subject subject) {
      return field.present(subject);
    }

    @Override
    public long cost() {
      return field.cost();
    }
  }

  /** The texts of two fields of one event, compared: {@code field shape-of other}. */
  record Compared(Field field, Field other, Modifiers.Shape shape, boolean cased)
      implements Matcher {
    @Override
    public boolean matches(Subject subject) {
      return other.any(subject, new OtherValue(this, subject));
    }

    @Override
    public long cost() {
      return field.cost() + other.cost() + 10;
    }

    private record OtherValue(Compared compared, Subject subject) implements ValueTest {
      @Override
      public boolean test(Object value) {
        WildcardText wanted = WildcardText.literal(ValueTest.text(value));
        return compared.field.any(
            subject, new TextTest(compared.shape.around(wanted), compared.cased));
      }

      @Override
      public long cost() {
        return 1;
      }
    }
  }
}
