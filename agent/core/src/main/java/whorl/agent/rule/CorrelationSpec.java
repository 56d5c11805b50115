package whorl.agent.rule;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A correlation rule as its file has it, its references not looked up yet.
 *
 * @param references ids and names of the rules it rests on, in their order
 * @param groupBy fields, or names of {@code aliases}
 * @param aliases by alias: which field it is, by reference
 * @param count for counts: how many; null for the temporal kinds
 * @param countedFields for {@code value_count}: the fields whose values count
 * @param generate whether the rules it rests on alert by themselves as well
 */
record CorrelationSpec(
    RuleHead head,
    Kind kind,
    List<String> references,
    long timespanNanos,
    List<String> groupBy,
    Map<String, Map<String, String>> aliases,
    @Nullable CountCondition count,
    List<String> countedFields,
    boolean generate) {
  /** Sigma's words, in capitals. */
  enum Kind {
    EVENT_COUNT,
    VALUE_COUNT,
    TEMPORAL,
    TEMPORAL_ORDERED;

    String word() {
      return name().toLowerCase(Locale.ROOT);
    }

    boolean counts() {
      return this == EVENT_COUNT || this == VALUE_COUNT;
    }
  }
}
