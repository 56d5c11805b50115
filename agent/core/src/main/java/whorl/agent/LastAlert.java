package whorl.agent;

import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import whorl.agent.hook.end.Ending;
import whorl.evidence.Alert;
import whorl.evidence.Id;
import whorl.evidence.Level;

/** The alert {@code jvm.exit}: that the JVM ends, how, and by whom. */
final class LastAlert {
  static final String RULE = "jvm.exit";

  private LastAlert() {}

  /**
   * Of this end.
   *
   * @param abnormal whether something is wrong with it; else it is for the record
   */
  static Alert of(Ending ending, boolean abnormal, InstantSource clock) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("kind", ending.kind().name().toLowerCase(Locale.ROOT).replace('_', '-'));
    fields.put("status", ending.status());
    Ending.Uncaught uncaught = ending.uncaught();
    List<String> stack = ending.stack();
    if (uncaught != null) {
      fields.put("uncaught", uncaught.type());
      if (uncaught.message() != null) {
        fields.put("message", uncaught.message());
      }
      stack = stack.isEmpty() ? uncaught.stack() : stack;
    }
    return new Alert(
        Id.next(clock),
        "whorl",
        clock.instant(),
        RULE,
        abnormal ? Level.MEDIUM : Level.INFORMATIONAL,
        "The JVM ends: " + ending.describe(),
        null,
        List.of(),
        fields,
        ending.thread(),
        stack);
  }
}
