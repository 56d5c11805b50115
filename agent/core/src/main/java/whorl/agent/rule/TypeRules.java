package whorl.agent.rule;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import whorl.agent.config.MemoryBudget;
import whorl.agent.event.AgentEvent;
import whorl.agent.event.CleanTexts;
import whorl.agent.event.EventType;

/**
 * The rules of one type of event. What its type alone decides is decided here, once; and of the
 * rest only those are asked whose {@link RequiredTexts} an event may pass, found by one look at
 * each field. Immutable but for the rules' counts.
 */
final class TypeRules {
  private final ArmedRule[] rules;
  private final Matcher[] conditions;

  /** Bits of the rules that have no gate. */
  private final long[] always;

  private final Field[] fields;
  private final FieldIndex[] indexes;

  /** Whether what is asked depends on more than what equal events have in common. */
  private final boolean ownGate;

  private TypeRules(List<ArmedRule> rules, List<Matcher> conditions) {
    this.rules = rules.toArray(new ArmedRule[0]);
    this.conditions = conditions.toArray(new Matcher[0]);
    this.always = new long[(this.rules.length + Long.SIZE - 1) / Long.SIZE];
    Map<Field, GramIndex.Builder> builders = new LinkedHashMap<>();
    for (int i = 0; i < this.conditions.length; i++) {
      RequiredTexts requiredTexts = this.conditions[i].gate();
      if (requiredTexts == null) {
        always[i >>> 6] |= 1L << i;
      } else {
        for (RequiredTexts.Need need : requiredTexts.needs()) {
          builders
              .computeIfAbsent(need.field(), none -> new GramIndex.Builder())
              .add(need.text(), i);
        }
      }
    }
    this.fields = builders.keySet().toArray(new Field[0]);
    this.indexes = builders.values().stream().map(FieldIndex::new).toArray(FieldIndex[]::new);
    this.ownGate = builders.keySet().stream().anyMatch(Field::isVarying);
  }

  /**
   * Those that an event of this type may make fire; null when there are none.
   *
   * @param rules in the order in which they are asked
   */
  static @Nullable TypeRules of(EventType type, List<ArmedRule> rules) {
    List<ArmedRule> able = new ArrayList<>();
    List<Matcher> conditions = new ArrayList<>();
    for (ArmedRule rule : rules) {
      Matcher condition = rule.rule().condition(type);
      if (!Logic.isNever(condition)) {
        able.add(rule);
        conditions.add(condition);
      }
    }
    return able.isEmpty() ? null : new TypeRules(able, conditions);
  }

  /**
   * Hands each rule that matches, in either spelling, to {@code matched}, in their order.
   *
   * @return whether the rules would say of any event that equals this one that none matches
   */
  boolean ask(AgentEvent event, BiConsumer<ArmedRule, AgentEvent> matched) {
    boolean dull = !ownGate;
    AgentEvent other = OtherSpelling.of(event);
    long[] asked = asked(event);
    long[] askedOther = other == null ? asked : asked(other);
    MatchedEvent matchedEvent = null;
    MatchedEvent otherSubject = null;
    for (int word = 0; word < asked.length; word++) {
      for (long left = asked[word] | askedOther[word]; left != 0; left &= left - 1) {
        int i = (word << 6) + Long.numberOfTrailingZeros(left);
        matchedEvent = matchedEvent == null ? new MatchedEvent(event) : matchedEvent;
        if (other != null && otherSubject == null) {
          otherSubject = new MatchedEvent(other);
        }
        if (rules[i].matches(conditions[i], matchedEvent)
            || (otherSubject != null && rules[i].matches(conditions[i], otherSubject))) {
          matched.accept(rules[i], event);
          dull = false;
        }
      }
    }
    return dull
        && (matchedEvent == null || !matchedEvent.hasReadVarying())
        && (otherSubject == null || !otherSubject.hasReadVarying());
  }

  /** See {@link RuleConsumer#fingerprint}. */
  long fingerprint() {
    long fingerprint = rules.length;
    for (int i = 0; i < rules.length; i++) {
      fingerprint = 31 * fingerprint + System.identityHashCode(rules[i]);
      fingerprint = 31 * fingerprint + System.identityHashCode(conditions[i]);
    }
    for (FieldIndex index : indexes) {
      fingerprint = 31 * fingerprint + System.identityHashCode(index.grams);
    }
    return fingerprint;
  }

  /** Bits of the rules that the event may concern. */
  long[] asked(AgentEvent event) {
    long[] asked = always;
    for (int i = 0; i < fields.length; i++) {
      Object value = fields[i].value(event);
      if (value != null) {
        asked = asked == always ? always.clone() : asked;
        indexes[i].find(value, asked);
      }
    }
    return asked;
  }

  /** Which rules a field's value is of interest to. */
  private static final class FieldIndex {
    private static final int KNOWN_BITS = 6;

    private final GramIndex grams;

    /** Texts that no rule is interested in: most of what comes has come before. */
    private final CleanTexts dull = new CleanTexts(MemoryBudget.OF_THIS_JVM.tableBits(KNOWN_BITS));

    FieldIndex(GramIndex.Builder grams) {
      this.grams = grams.build();
    }

    void find(Object value, long[] found) {
      if (value instanceof String text) {
        if (!dull.has(text) && !grams.find(text, found)) {
          dull.add(text);
        }
      } else if (value instanceof List<?> list) {
        for (int i = 0; i < list.size(); i++) {
          Object element = list.get(i);
          if (element != null) {
            find(element, found);
          }
        }
      } else if (value instanceof Boolean || value instanceof Number) {
        grams.find(value.toString(), found);
      } else {
        // Its text would have to be made; the rules do that if they need it.
        grams.findAll(found);
      }
    }
  }
}
