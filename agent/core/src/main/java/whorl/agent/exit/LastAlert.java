package whorl.agent.exit;

import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.agent.hook.end.Ending;
import whorl.event.RequestContext;
import whorl.evidence.Alert;
import whorl.evidence.Id;
import whorl.evidence.Level;

/** Creates the alert {@code jvm.exit}: that the JVM ends, how, and who ended it. */
final class LastAlert {
  static final String RULE = "jvm.exit";

  private LastAlert() {}

  /**
   * Creates the alert for this end.
   *
   * @param abnormal true if something is wrong with it; else the alert is for the record
   * @param request the request whose code ended the JVM; null if none did
   */
  static Alert of(
      Ending ending, boolean abnormal, @Nullable RequestContext request, InstantSource clock) {
    Map<String, Object> fields = new LinkedHashMap<>();
    if (request != null) {
      fields.putAll(request.fields());
    }
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
        level(ending, abnormal, request),
        "The JVM ends: " + ending.describe(),
        null,
        List.of(),
        fields,
        ending.thread(),
        stack);
  }

  /**
   * True if a request that is being served ended it; false for a thread that a request started long
   * before.
   */
  static boolean isByRequest(Ending ending, @Nullable RequestContext request) {
    return ending.kind() == Ending.Kind.EXIT && request != null && !request.isStart();
  }

  /**
   * Programs often end with a status other than 0: to be restarted, or because of wrong settings.
   */
  private static Level level(Ending ending, boolean abnormal, @Nullable RequestContext request) {
    if (isByRequest(ending, request)) {
      return Level.MEDIUM;
    }
    if (!abnormal) {
      return Level.INFORMATIONAL;
    }
    boolean exit = ending.kind() == Ending.Kind.EXIT;
    return exit && ending.status() != 0 && ending.uncaught() == null ? Level.LOW : Level.MEDIUM;
  }
}
