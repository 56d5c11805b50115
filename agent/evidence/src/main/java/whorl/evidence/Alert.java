package whorl.evidence;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A rule fired, or somebody outside said so.
 *
 * @param source {@code whorl} for the agent's own rules, else the webhook's dialect: {@code falco},
 *     {@code alertmanager}, {@code cloudevents}, {@code generic}
 * @param time when the thing happened, by the clock of whoever says so
 * @param rule the rule's id, stable across versions; what cooldown and storm control count by
 * @param tags ATT&amp;CK and other tags, such as {@code attack.t1059}
 * @param fields the event's fields, or the webhook's labels; bounded by whoever fills it
 * @param stack frames of the thread that did it, the innermost first; empty where unknown
 */
public record Alert(
    Id id,
    String source,
    Instant time,
    String rule,
    Level level,
    String title,
    @Nullable String description,
    List<String> tags,
    Map<String, Object> fields,
    @Nullable String thread,
    List<String> stack) {
  private static final int ENTRIES_MAX = 4_096;

  public Alert {
    tags = Copies.copy("alert.tags", tags, ENTRIES_MAX);
    fields = Copies.copy("alert.fields", fields, ENTRIES_MAX);
    stack = Copies.copy("alert.stack", stack, ENTRIES_MAX);
  }
}
