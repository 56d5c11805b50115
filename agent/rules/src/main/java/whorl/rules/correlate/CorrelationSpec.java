package whorl.rules.correlate;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.rules.match.RuleHead;

/**
 * A correlation rule as read from its file, with references not yet resolved.
 *
 * @param references ids and names of the rules that it refers to, in order
 * @param groupBy fields or names of {@code aliases}
 * @param aliases by alias: the field by reference
 * @param count the condition on the count; null for the temporal kinds
 * @param countedFields for {@code value_count}: the fields whose values are counted
 * @param generate true if the referenced rules alert by themselves as well
 */
public record CorrelationSpec(
    RuleHead head,
    Kind kind,
    List<String> references,
    long timespanNanos,
    List<String> groupBy,
    Map<String, Map<String, String>> aliases,
    @Nullable CountCondition count,
    List<String> countedFields,
    boolean generate) {
  /** Sigma's correlation types, in capitals. */
  public enum Kind {
    EVENT_COUNT,
    VALUE_COUNT,
    TEMPORAL,
    TEMPORAL_ORDERED;

    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }

    public boolean counts() {
      return this == EVENT_COUNT || this == VALUE_COUNT;
    }
  }
}
