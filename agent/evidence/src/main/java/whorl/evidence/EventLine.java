package whorl.evidence;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One event in the form of {@code events.ndjson} and the live journal.
 *
 * @param sequence of this agent, from 0; a gap is a loss
 * @param time by the agent's clock
 * @param type the JFR event type, such as {@code whorl.FileOpen}
 * @param fields by the names of the table in docs/rules.md; strings, numbers, booleans, lists of
 *     strings
 * @param thread the Java thread's name
 * @param stack frames, the innermost first, {@code class.method(File.java:12)}; empty if only the
 *     recording has it
 */
public record EventLine(
    long sequence,
    Instant time,
    String type,
    Map<String, Object> fields,
    @Nullable String thread,
    List<String> stack) {
  public EventLine {
    fields = fields == null ? Map.of() : fields;
    stack = stack == null ? List.of() : List.copyOf(stack);
  }
}
