package whorl.rules.engine;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import whorl.event.AgentEvent;
import whorl.event.CleanTexts;
import whorl.event.EventType;
import whorl.rules.match.Field;
import whorl.rules.match.GramIndex;
import whorl.rules.match.Logic;
import whorl.rules.match.MatchedEvent;
import whorl.rules.match.Matcher;
import whorl.rules.match.OtherSpelling;
import whorl.rules.match.RequiredTexts;

/**
 * The rules for one event type. Everything that the type decides is evaluated once, here. Of the
 * rest, only rules run whose {@link RequiredTexts} the event may have; one pass over each field
 * finds them. Immutable except for the rules' counts.
 */
final class TypeRules {
  private final ArmedRule[] rules;
  private final Matcher[] conditions;

  /** Bits of the rules without required texts. */
  private final long[] always;

  private final Field[] fields;
  private final FieldIndex[] indexes;

  /** True if a value in which equal events may differ selects the rules. */
  private final boolean varyingGate;

  private TypeRules(List<ArmedRule> rules, List<Matcher> conditions, int knownTextBits) {
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
    this.indexes =
        builders.values().stream()
            .map(grams -> new FieldIndex(grams, knownTextBits))
            .toArray(FieldIndex[]::new);
    this.varyingGate = builders.keySet().stream().anyMatch(Field::isVarying);
  }

  /**
   * The rules that an event of this type can match; null if there are none.
   *
   * @param rules in the order of evaluation
   * @param knownTextBits binary logarithm of the number of texts to remember for each field because
   *     no rule needs them
   */
  public static @Nullable TypeRules of(EventType type, List<ArmedRule> rules, int knownTextBits) {
    List<ArmedRule> applicable = new ArrayList<>();
    List<Matcher> conditions = new ArrayList<>();
    for (ArmedRule rule : rules) {
      Matcher condition = rule.rule().condition(type);
      if (!Logic.isNever(condition)) {
        applicable.add(rule);
        conditions.add(condition);
      }
    }
    return applicable.isEmpty() ? null : new TypeRules(applicable, conditions, knownTextBits);
  }

  /**
   * Passes each rule that matches, in either spelling, to {@code matched}, in order.
   *
   * @return true if no rule would match any event that equals this one
   */
  boolean evaluate(AgentEvent event, BiConsumer<ArmedRule, AgentEvent> matched) {
    boolean routine = !varyingGate;
    AgentEvent other = OtherSpelling.of(event);
    long[] candidates = candidates(event);
    long[] otherCandidates = other == null ? candidates : candidates(other);
    MatchedEvent matchedEvent = null;
    MatchedEvent otherMatchedEvent = null;
    for (int word = 0; word < candidates.length; word++) {
      for (long left = candidates[word] | otherCandidates[word]; left != 0; left &= left - 1) {
        int i = (word << 6) + Long.numberOfTrailingZeros(left);
        matchedEvent = matchedEvent == null ? new MatchedEvent(event) : matchedEvent;
        if (other != null && otherMatchedEvent == null) {
          otherMatchedEvent = new MatchedEvent(other);
        }
        if (rules[i].matches(conditions[i], matchedEvent)
            || (otherMatchedEvent != null && rules[i].matches(conditions[i], otherMatchedEvent))) {
          matched.accept(rules[i], event);
          routine = false;
        }
      }
    }
    return routine
        && (matchedEvent == null || !matchedEvent.hasReadVarying())
        && (otherMatchedEvent == null || !otherMatchedEvent.hasReadVarying());
  }

  /** A hash of the identities of the rules, their conditions and their indexes. */
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

  /** Bits of the rules that the event may match. */
  long[] candidates(AgentEvent event) {
    long[] candidates = always;
    for (int i = 0; i < fields.length; i++) {
      Object value = fields[i].value(event);
      if (value != null) {
        candidates = candidates == always ? always.clone() : candidates;
        indexes[i].find(value, candidates);
      }
    }
    return candidates;
  }

  /** The rules that a field's value may match. */
  private static final class FieldIndex {
    private final GramIndex grams;

    /** Texts that no rule needs: most texts repeat. */
    private final CleanTexts routine;

    FieldIndex(GramIndex.Builder grams, int knownTextBits) {
      this.grams = grams.build();
      this.routine = new CleanTexts(knownTextBits);
    }

    void find(Object value, long[] found) {
      if (value instanceof String text) {
        if (!routine.contains(text) && !grams.find(text, found)) {
          routine.add(text);
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
        // Converting it to text costs; the rules do that if they need it.
        grams.findAll(found);
      }
    }
  }
}
