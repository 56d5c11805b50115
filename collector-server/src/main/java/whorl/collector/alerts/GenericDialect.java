package whorl.collector.alerts;

import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.collector.fleet.agents.Target;
import whorl.collector.http.request.JsonBody;
import whorl.collector.http.request.Request;
import whorl.evidence.Alert;
import whorl.evidence.Id;
import whorl.evidence.Level;

/** Our own format, for scripts. It is strict, so that a typo causes an error. */
final class GenericDialect implements Dialect {
  private final InstantSource clock;

  GenericDialect(InstantSource clock) {
    this.clock = clock;
  }

  /** The request's body. */
  record Body(
      @Nullable String rule,
      @Nullable String title,
      @Nullable Level level,
      @Nullable Target target,
      @Nullable String reason,
      @Nullable Map<String, Object> fields) {}

  @Override
  public String name() {
    return "generic";
  }

  @Override
  public List<IncomingAlert> read(Request request, byte[] bytes) {
    Body body = JsonBody.strict(bytes, Body.class);
    String rule = body.rule();
    if (rule == null || rule.isBlank()) {
      throw JsonBody.malformed("rule is missing: give the id of the rule that fired");
    }
    Target target = body.target();
    if (target == null || target.isEmpty()) {
      throw JsonBody.malformed(
          "the target is empty; give at least one of agent, service, namespace, pod, container,"
              + " labels");
    }
    Alert alert =
        new Alert(
            Id.next(clock),
            name(),
            clock.instant(),
            rule,
            body.level() == null ? Level.MEDIUM : body.level(),
            body.title() == null || body.title().isBlank() ? rule : body.title(),
            body.reason(),
            List.of(),
            AlertLimits.fields(body.fields() == null ? Map.of() : body.fields()),
            null,
            List.of());
    return List.of(
        new IncomingAlert(
            AlertLimits.bounded(alert, name()),
            new AlertSource.Exactly(target),
            rule,
            true,
            body.reason()));
  }
}
