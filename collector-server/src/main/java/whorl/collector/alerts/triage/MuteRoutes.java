package whorl.collector.alerts.triage;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.collector.alerts.AlertParameters;
import whorl.collector.http.request.JsonBody;
import whorl.collector.http.request.ProblemException;
import whorl.collector.http.request.Request;
import whorl.collector.http.request.Response;
import whorl.collector.http.request.Role;
import whorl.collector.http.request.Route;
import whorl.collector.http.request.Scoped;
import whorl.collector.http.request.WrittenText;
import whorl.collector.store.access.Origin;
import whorl.collector.store.access.Scope;
import whorl.collector.store.triage.AlertMute;
import whorl.collector.store.triage.AlertMutes;
import whorl.collector.times.Spans;
import whorl.evidence.Id;
import whorl.evidence.Text;

/**
 * {@code /api/v1/alert-mutes}. Somebody who does not see everything sees and makes those of the
 * namespaces and services that he sees completely.
 */
public final class MuteRoutes {
  private static final String PATH = "/api/v1/alert-mutes";
  private static final Duration MAX = Duration.ofDays(30);

  private final AlertMutes mutes;
  private final TriageCustody custody;
  private final InstantSource clock;

  public MuteRoutes(AlertMutes mutes, TriageCustody custody, InstantSource clock) {
    this.mutes = mutes;
    this.custody = custody;
    this.clock = clock;
  }

  /**
   * The body of a {@code POST}.
   *
   * @param until when it ends; or {@code duration}, such as {@code 2h}
   */
  record Body(
      @Nullable String rule,
      @Nullable String service,
      @Nullable String namespace,
      @Nullable Instant until,
      @Nullable String duration,
      @Nullable String reason) {}

  public List<Route> routes() {
    return List.of(
        Route.of("GET", PATH, Role.VIEWER, this::list).scoped(Scoped.LISTED),
        Route.of("POST", PATH, Role.RESPONDER, this::add).scoped(Scoped.LISTED),
        Route.of("DELETE", PATH + "/{id}", Role.RESPONDER, this::end).scoped(Scoped.LISTED));
  }

  private Response list(Request request) throws IOException {
    Scope scope = request.scope(Role.VIEWER);
    boolean all = "true".equals(request.query("all"));
    return Response.json(
        200,
        Map.of(
            "mutes",
            mutes.list(clock.instant(), all).stream().filter(each -> holds(scope, each)).toList()));
  }

  private Response add(Request request) throws IOException {
    Body body = JsonBody.strict(JsonBody.bytes(request), Body.class);
    Instant now = clock.instant();
    AlertMute mute =
        new AlertMute(
            Id.next(clock),
            TriageText.required("rule", body.rule()),
            TriageText.required("service", body.service()),
            TriageText.line("namespace", body.namespace()),
            TriageText.required("reason", body.reason()),
            AlertParameters.name(request),
            now,
            until(body, now),
            null,
            null);
    if (!holds(request.scope(Role.RESPONDER), mute)) {
      throw new ProblemException(
          403,
          "forbidden",
          "this mutes alerts of others, too; give a namespace and service of your own");
    }
    boolean added =
        custody.<Boolean>together(
            entries -> mutes.add(mute, () -> custody.write(mute, "muted", mute.by(), entries)),
            made -> made);
    if (!added) {
      throw new ProblemException(
          409, "too many", AlertMutes.MAX + " mutes are in effect; end some of them");
    }
    return Response.json(201, mute).with("Location", PATH + "/" + mute.id());
  }

  private static Instant until(Body body, Instant now) {
    String text = body.duration();
    Duration length = text == null ? null : Spans.of(text);
    if (text != null && length == null) {
      throw WrittenText.refused("duration", "is not of the form 45m, 2h or 3d");
    }
    Instant until = length == null ? body.until() : now.plus(length);
    if (until == null) {
      throw WrittenText.refused("until", "is missing: say when it ends, or a duration such as 2h");
    }
    if (!until.isAfter(now) || until.isAfter(now.plus(MAX))) {
      throw WrittenText.refused(
          "until", "must be within the next " + MAX.toDays() + " days; mute it again later");
    }
    return until;
  }

  private Response end(Request request) throws IOException {
    String text = request.pathParameter("id");
    AlertMute mute = Id.isId(text) ? mutes.find(new Id(text)) : null;
    if (mute == null || !holds(request.scope(Role.VIEWER), mute)) {
      throw noMute(text);
    }
    if (!holds(request.scope(Role.RESPONDER), mute)) {
      throw new ProblemException(
          403, "forbidden", "this needs the role responder for this, which you don't have");
    }
    String by = AlertParameters.name(request);
    boolean ended =
        custody.<Boolean>together(
            entries ->
                mutes.end(
                    mute.id(),
                    clock.instant(),
                    by,
                    () -> custody.write(mute, "ended", by, entries)),
            made -> made);
    if (!ended) {
      throw new ProblemException(409, "ended", "mute " + mute.id() + " is not in effect any more");
    }
    return Response.empty(204);
  }

  private static boolean holds(Scope scope, AlertMute mute) {
    return scope.isEverything()
        || scope.holds(new Origin(mute.namespace(), mute.service(), Map.of()));
  }

  private static ProblemException noMute(String id) {
    return new ProblemException(
        404, "no such mute", "no mute " + Text.shortened(id) + "; GET " + PATH + " lists all");
  }
}
