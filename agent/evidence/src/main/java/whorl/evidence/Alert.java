package whorl.evidence;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A rule fired, or another system raised an alarm.
 *
 * @param source {@code whorl} for the agent's own rules, else the webhook's dialect: {@code falco},
 *     {@code alertmanager}, {@code cloudevents}, {@code generic}
 * @param time when it happened, by the source's clock
 * @param rule the rule's id, stable across versions; cooldown and storm control count by it
 * @param tags ATT&amp;CK and other tags, such as {@code attack.t1059}
 * @param fields the event's fields, or the webhook's labels; bounded by the code that sets them
 * @param stack frames of the thread that did it, the innermost first; empty if unknown
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
