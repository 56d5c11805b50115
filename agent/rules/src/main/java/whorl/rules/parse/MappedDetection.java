package whorl.rules.parse;

import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import whorl.event.EventType;
import whorl.rules.logsource.EventSource;
import whorl.rules.match.Logic;
import whorl.rules.match.Matcher;
import whorl.rules.match.RuleRefused;

/**
 * What remains of a rule of another product here. Conditions on fields that no event has are
 * unknown: the rule matches only where it does whatever they are, so never more than it means.
 */
final class MappedDetection {
  private final EventSource source;
  private final FieldCondition fields;

  /**
   * @param fields with what the rule's conditions named
   */
  MappedDetection(EventSource source, FieldCondition fields) {
    this.source = source;
    this.fields = fields;
  }

  /**
   * @param matcher the rule's whole condition
   * @throws RuleRefused if nothing remains
   */
  Matcher meant(Matcher matcher, LongAdder givenUp) throws RuleRefused {
    Matcher certain = Logic.certain(matcher);
    if (isNever(source, certain)) {
      throw refused(matcher);
    }
    EventSource.Condition only = source.only();
    if (only == null) {
      return certain;
    }
    FieldCondition own = new FieldCondition(only.fields(), givenUp, RuleSize.unlimited());
    return Logic.all(List.of(Detection.compileSelection(only.selection(), own), certain));
  }

  private RuleRefused refused(Matcher matcher) {
    Set<String> unknown = Logic.unknownFields(matcher);
    if (unknown.isEmpty() || isNever(source, Logic.possible(matcher))) {
      return new RuleRefused(
          fields.fixed().isEmpty()
              ? "it can never match"
              : "it can never match: " + names(fields.fixed()) + " is always that of the JVM");
    }
    return new RuleRefused("needs " + names(unknown) + ", which a JVM cannot see");
  }

  private static String names(Set<String> names) {
    return String.join(", ", names);
  }

  /** Whether no event of the source can match. */
  static boolean isNever(EventSource source, Matcher matcher) {
    for (EventType type : source.fields().types()) {
      if (!Logic.isNever(matcher.forType(type))) {
        return false;
      }
    }
    return true;
  }
}
