package whorl.agent;

import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.agent.event.RequestContext;
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
   * @param request whose code ended it; null when none did
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

  /** Whether a request that is being served ends it; not a thread that one started long before. */
  static boolean isByRequest(Ending ending, @Nullable RequestContext request) {
    return ending.kind() == Ending.Kind.EXIT && request != null && !request.isStart();
  }

  /**
   * Programs end themselves with another status than 0 in ordinary life: to be started again, or
   * since their settings are wrong.
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
