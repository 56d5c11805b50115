package whorl.collector.cli.rules;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A pushed rule set in the collector's list. */
public record RuleSetRow(
    @Nullable String name,
    int version,
    @Nullable Map<String, Object> target,
    @Nullable Instant pushedAt,
    @Nullable String pushedBy,
    long loaded,
    long refused,
    long waiting,
    long unsupported,
    @Nullable List<AgentState> agents) {
  /** The state of the set at one agent. */
  public record AgentState(
      @Nullable String agent,
      @Nullable String service,
      @Nullable String pod,
      @Nullable String host,
      @Nullable String state,
      int version,
      int rules,
      @Nullable List<String> problems) {}

  /** The target, such as {@code service=shop, team=checkout}. */
  public String targetWords() {
    StringBuilder words = new StringBuilder();
    if (target != null) {
      target.forEach(
          (key, value) -> {
            if (value instanceof Map<?, ?> labels) {
              labels.forEach((label, labelValue) -> append(words, label + "=" + labelValue));
            } else {
              append(words, key + "=" + value);
            }
          });
    }
    return words.toString();
  }

  private static void append(StringBuilder words, String part) {
    words.append(words.isEmpty() ? "" : ", ").append(part);
  }
}
