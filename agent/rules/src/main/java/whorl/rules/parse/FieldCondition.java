package whorl.rules.parse;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import whorl.event.EventType;
import whorl.rules.match.BooleanTest;
import whorl.rules.match.CidrTest;
import whorl.rules.match.Field;
import whorl.rules.match.FieldMap;
import whorl.rules.match.Fields;
import whorl.rules.match.KnownEnding;
import whorl.rules.match.Logic;
import whorl.rules.match.Matcher;
import whorl.rules.match.NumberTest;
import whorl.rules.match.RegexTest;
import whorl.rules.match.RuleRefused;
import whorl.rules.match.TextTest;
import whorl.rules.match.ValueTest;
import whorl.rules.match.WildcardText;

/** Compiles one line of a selection, {@code field|modifier: value or values}. */
final class FieldCondition {
  private static final int MAX_VALUES = 10_000;
  private static final int MAX_VALUE_CHARS = 4 << 10;

  /** What a value takes apart from its characters; numbers have none. */
  private static final int VALUE_SIZE = 4;

  private final Fields fields;
  private final LongAdder givenUp;
  private final RuleSize size;
  private final Set<String> fixed = new LinkedHashSet<>();
  private int values;

  /**
   * @param size counts the fields, the values and their characters
   */
  FieldCondition(Fields fields, LongAdder givenUp, RuleSize size) {
    this.fields = fields;
    this.givenUp = givenUp;
    this.size = size;
  }

  /**
   * @param key the field and its modifiers; without a field the values are keywords
   * @param value a scalar, null, or a list of these
   */
  Matcher compile(String key, @Nullable Object value) throws RuleRefused {
    size.add(key.length());
    List<String> words = List.of(key.split("\\|", -1));
    Modifiers modifiers = Modifiers.parse(words.subList(1, words.size()));
    String name = words.get(0);
    if (name.isEmpty()) {
      return compile(fields.everything(), modifiers, value);
    }
    return isUnknown(name)
        ? Logic.unknown(name)
        : whereKnown(name, compile(field(name), modifiers, value));
  }

  /** The fields that conditions named so far and that have the same value in all events. */
  Set<String> fixed() {
    return fixed;
  }

  /** The number of values that conditions have so far. */
  int values() {
    return values;
  }

  /** True for a name that only other products' events have. */
  private boolean isUnknown(String name) {
    return fields.map() != null && fields.find(name) == null;
  }

  /** The condition for the events that have the field, and unknown for others. */
  private Matcher whereKnown(String name, Matcher condition) {
    FieldMap map = fields.map();
    Field field = fields.find(name);
    if (map == null || field == null) {
      return condition;
    }
    if (field instanceof KnownEnding) {
      fixed.add(name);
    }
    List<Matcher> known = new ArrayList<>();
    Set<EventType> types = map.typesWith(name);
    if (types != null) {
      known.add(new FieldMatchers.OfType(types));
    }
    if (map.isUnknownIfAbsent(name)) {
      known.add(new FieldMatchers.Present(field));
    }
    if (known.isEmpty()) {
      return condition;
    }
    Matcher isKnown = Logic.all(known);
    return Logic.any(
        List.of(
            Logic.all(List.of(isKnown, condition)),
            Logic.all(List.of(Logic.not(isKnown), Logic.unknown(null)))));
  }

  /** Compiles a keyword: a text anywhere in one of the event's fields. */
  Matcher keyword(Object value) throws RuleRefused {
    return compile(fields.everything(), Modifiers.parse(List.of()), value);
  }

  private Field field(String name) throws RuleRefused {
    Field field = fields.find(name);
    if (field == null) {
      throw new RuleRefused(
          "no event of this category has the field "
              + RuleRefused.quoted(name)
              + "; there are "
              + String.join(", ", fields.names()));
    }
    return field;
  }

  private Matcher compile(Field field, Modifiers modifiers, @Nullable Object value)
      throws RuleRefused {
    int count = value instanceof List<?> list ? list.size() : 1;
    values += count;
    size.add(VALUE_SIZE * count);
    Matcher matcher =
        switch (modifiers.kind()) {
          case EXISTS -> exists(field, value);
          case FIELD -> linked(modifiers, references(field, modifiers, values(value)));
          default -> linked(modifiers, passes(field, modifiers, values(value)));
        };
    return modifiers.negated() ? Logic.not(matcher) : matcher;
  }

  private static Matcher linked(Modifiers modifiers, List<Matcher> matchers) {
    return modifiers.all() ? Logic.all(matchers) : Logic.any(matchers);
  }

  private static List<?> values(@Nullable Object value) throws RuleRefused {
    if (!(value instanceof List<?> list)) {
      List<@Nullable Object> single = new ArrayList<>(1);
      single.add(value);
      return single;
    }
    if (list.isEmpty() || list.size() > MAX_VALUES) {
      throw new RuleRefused("a field has " + list.size() + " values, not 1 to " + MAX_VALUES);
    }
    return list;
  }

  private static Matcher exists(Field field, @Nullable Object value) throws RuleRefused {
    if (!(value instanceof Boolean wanted)) {
      throw new RuleRefused("'exists' wants true or false, not " + RuleRefused.quoted(value));
    }
    Matcher present = new FieldMatchers.Present(field);
    return wanted ? present : Logic.not(present);
  }

  private List<Matcher> references(Field field, Modifiers modifiers, List<?> values)
      throws RuleRefused {
    List<Matcher> matchers = new ArrayList<>();
    for (Object value : values) {
      if (!(value instanceof String name)) {
        throw new RuleRefused("'fieldref' wants a field's name, not " + RuleRefused.quoted(value));
      }
      if (isUnknown(name) || field(name) instanceof KnownEnding) {
        matchers.add(Logic.unknown(name));
        continue;
      }
      if (field instanceof KnownEnding known) {
        matchers.add(Logic.unknown(known.name()));
        continue;
      }
      matchers.add(
          whereKnown(
              name,
              new FieldMatchers.Compared(
                  field, field(name), modifiers.shape(), modifiers.cased())));
    }
    return matchers;
  }

  /**
   * Returns one matcher for each value with {@code all}, otherwise one for all values that are not
   * null.
   */
  private List<Matcher> passes(Field field, Modifiers modifiers, List<?> values)
      throws RuleRefused {
    List<Matcher> matchers = new ArrayList<>();
    List<ValueTest> anyOf = new ArrayList<>();
    for (Object value : values) {
      if (value == null) {
        if (modifiers.kind() != Modifiers.Kind.TEXT || modifiers.shape() != Modifiers.Shape.WHOLE) {
          throw new RuleRefused("null stands alone: it says that the field is absent");
        }
        matchers.add(Logic.not(new FieldMatchers.Present(field)));
      } else if (modifiers.all()) {
        matchers.add(FieldMatchers.passes(field, checked(field, modifiers, value)));
      } else {
        anyOf.addAll(checked(field, modifiers, value));
      }
    }
    if (!anyOf.isEmpty()) {
      matchers.add(FieldMatchers.passes(field, anyOf));
    }
    return matchers;
  }

  /** The tests of a value; a name that no event of the category has is refused. */
  private List<ValueTest> checked(Field field, Modifiers modifiers, Object value)
      throws RuleRefused {
    List<ValueTest> tests = tests(field, modifiers, value);
    if (Fields.isOfType(field) && fields.map() == null) {
      FieldMatchers.requireEvent(fields, tests, value);
    }
    return tests;
  }

  private List<ValueTest> tests(Field field, Modifiers modifiers, Object value) throws RuleRefused {
    return switch (modifiers.kind()) {
      case LESS -> List.of(number(NumberTest.Relation.LESS, value));
      case LESS_OR_EQUAL -> List.of(number(NumberTest.Relation.LESS_OR_EQUAL, value));
      case GREATER -> List.of(number(NumberTest.Relation.GREATER, value));
      case GREATER_OR_EQUAL -> List.of(number(NumberTest.Relation.GREATER_OR_EQUAL, value));
      case REGEX -> List.of(new RegexTest(text(value), modifiers.regexFlags(), givenUp));
      case NETWORK -> List.of(new CidrTest(text(value)));
      default -> texts(field, modifiers, value);
    };
  }

  private List<ValueTest> texts(Field field, Modifiers modifiers, Object value) throws RuleRefused {
    boolean keyword = field.equals(fields.everything());
    boolean whole = modifiers.shape() == Modifiers.Shape.WHOLE && !keyword;
    if (whole && modifiers.encoding().equals(Encoding.NONE)) {
      if (value instanceof Boolean wanted) {
        return List.of(new BooleanTest(wanted));
      }
      if (value instanceof Number) {
        return List.of(number(NumberTest.Relation.EQUAL, value));
      }
    }
    String text = text(value);
    if (text.isEmpty() && !whole) {
      throw new RuleRefused("an empty text is in every text; name one that is not empty");
    }
    Modifiers.Shape shape =
        keyword && modifiers.shape() == Modifiers.Shape.WHOLE
            ? Modifiers.Shape.ANYWHERE
            : modifiers.shape();
    WildcardText wanted = WildcardText.parse(text);
    List<ValueTest> tests = new ArrayList<>();
    for (WildcardText spelling : spellings(modifiers, wanted)) {
      tests.add(new TextTest(shape.around(spelling), modifiers.cased()));
    }
    return tests;
  }

  private static List<WildcardText> spellings(Modifiers modifiers, WildcardText wanted)
      throws RuleRefused {
    if (modifiers.anyDash()) {
      return List.of(wanted.withAnyDash());
    }
    if (modifiers.encoding().equals(Encoding.NONE)) {
      return List.of(wanted);
    }
    if (!wanted.isPlain()) {
      throw new RuleRefused(
          "a text with wildcards cannot be encoded: " + RuleRefused.quoted(wanted.chars()));
    }
    List<WildcardText> spellings = new ArrayList<>();
    for (String text : modifiers.encoding().of(wanted.chars())) {
      spellings.add(WildcardText.literal(text));
    }
    return spellings;
  }

  private static ValueTest number(NumberTest.Relation relation, Object value) throws RuleRefused {
    if (value instanceof Integer || value instanceof Long) {
      return new NumberTest(relation, ((Number) value).longValue());
    }
    if (value instanceof Double number && !number.isNaN()) {
      return new NumberTest(relation, number);
    }
    throw new RuleRefused("not a number that can be compared: " + RuleRefused.quoted(value));
  }

  private String text(Object value) throws RuleRefused {
    boolean scalar = value instanceof String || value instanceof Number || value instanceof Boolean;
    if (!scalar) {
      throw new RuleRefused("not a text or a number: " + RuleRefused.quoted(value));
    }
    String text = value.toString();
    if (text.length() > MAX_VALUE_CHARS) {
      throw new RuleRefused(
          "a value has " + text.length() + " characters, more than " + MAX_VALUE_CHARS);
    }
    size.add(text.length());
    return text;
  }
}
