package whorl.rules.parse;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import whorl.event.EventType;
import whorl.rules.match.AnyOf;
import whorl.rules.match.Field;
import whorl.rules.match.Fields;
import whorl.rules.match.KnownEnding;
import whorl.rules.match.Logic;
import whorl.rules.match.MatchedEvent;
import whorl.rules.match.Matcher;
import whorl.rules.match.RequiredTexts;
import whorl.rules.match.RuleRefused;
import whorl.rules.match.TextTest;
import whorl.rules.match.ValueTest;
import whorl.rules.match.WildcardText;

/** Conditions on a single field. */
final class FieldMatchers {
  private FieldMatchers() {}

  /** Matches if one of the field's values passes one of the tests. */
  static Matcher passes(Field field, List<ValueTest> tests) {
    if (Fields.isOfType(field)) {
      return new OfType(Fields.typesThatPass(tests));
    }
    if (field instanceof KnownEnding known) {
      return known.passes(tests);
    }
    return new Passes(field, tests.size() == 1 ? tests.get(0) : new AnyOf(tests));
  }

  /**
   * Requires that an event of the category has a name that passes: a misspelt name would make a
   * rule that is active and never matches.
   *
   * @param value as the rule has it
   */
  static void requireEvent(Fields fields, List<ValueTest> tests, Object value) throws RuleRefused {
    Set<EventType> passing = Fields.typesThatPass(tests);
    List<String> names = new ArrayList<>();
    for (EventType type : fields.types()) {
      if (passing.contains(type)) {
        return;
      }
      names.add(type.jfrName().substring(type.jfrName().lastIndexOf('.') + 1));
    }
    throw new RuleRefused(
        "no event of this category is called "
            + RuleRefused.quoted(value)
            + "; there are "
            + String.join(", ", names));
  }

  /** Matches events of these types. */
  record OfType(Set<EventType> types) implements Matcher {
    @Override
    public boolean matches(MatchedEvent subject) {
      return types.contains(subject.event().type());
    }

    @Override
    public Matcher forType(EventType type) {
      return Logic.constant(types.contains(type));
    }

    @Override
    public long cost() {
      return 0;
    }
  }

  private record Passes(Field field, ValueTest test) implements Matcher {
    @Override
    public boolean matches(MatchedEvent subject) {
      return field.any(subject, test);
    }

    @Override
    public Matcher forType(EventType type) {
      Field fieldOfType = field.forType(type);
      return fieldOfType == null ? Logic.constant(false) : new Passes(fieldOfType, test);
    }

    @Override
    public @Nullable RequiredTexts gate() {
      List<String> texts = test.needs();
      return texts == null ? null : field.required(texts);
    }

    @Override
    public long cost() {
      return field.cost() + test.cost();
    }
  }

  /** Matches if the event has a value for the field. */
  record Present(Field field) implements Matcher {
    @Override
    public boolean matches(MatchedEvent subject) {
      return field.isPresent(subject);
    }

    @Override
    public Matcher forType(EventType type) {
      Field fieldOfType = field.forType(type);
      return fieldOfType == null ? Logic.constant(false) : new Present(fieldOfType);
    }

    @Override
    public long cost() {
      return field.cost();
    }
  }

  /** Compares the texts of two fields of one event: {@code field shape-of other}. */
  record Compared(Field field, Field other, Modifiers.Shape shape, boolean cased)
      implements Matcher {
    @Override
    public boolean matches(MatchedEvent subject) {
      return other.any(subject, new OtherValue(this, subject));
    }

    @Override
    public Matcher forType(EventType type) {
      Field fieldOfType = field.forType(type);
      Field otherOfType = other.forType(type);
      return fieldOfType == null || otherOfType == null
          ? Logic.constant(false)
          : new Compared(fieldOfType, otherOfType, shape, cased);
    }

    @Override
    public long cost() {
      return field.cost() + other.cost() + 10;
    }

    private record OtherValue(Compared compared, MatchedEvent subject) implements ValueTest {
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
