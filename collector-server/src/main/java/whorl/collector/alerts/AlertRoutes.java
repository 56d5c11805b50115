package whorl.collector.alerts;

import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.collector.fleet.captures.CaptureBrief;
import whorl.collector.fleet.captures.Captures;
import whorl.collector.http.request.JsonBody;
import whorl.collector.http.request.Paging;
import whorl.collector.http.request.Principal;
import whorl.collector.http.request.ProblemException;
import whorl.collector.http.request.Request;
import whorl.collector.http.request.Response;
import whorl.collector.http.request.Role;
import whorl.collector.http.request.Route;
import whorl.collector.http.request.Scoped;
import whorl.collector.limit.Quota;
import whorl.collector.store.records.AlertLedger;
import whorl.collector.store.records.AlertRecord;
import whorl.collector.store.records.CaptureRecord;
import whorl.collector.store.records.Page;
import whorl.evidence.Id;
import whorl.evidence.Level;
import whorl.evidence.Text;

/** {@code /api/v1/alerts}: the webhooks, and the list of all alerts. */
public final class AlertRoutes {
  private final Alerts alerts;
  private final AlertLedger ledger;
  private final Captures captures;
  private final AlertCounters counters;
  private final List<Dialect> dialects;

  /**
   * Limit for the alerts of one token: enough for a large cluster on its worst day; a whole day at
   * this rate is less than the store keeps.
   */
  public static final int MAX_ALERTS_A_MINUTE = 300;

  private final Quota alertsAMinute;

  /**
   * @param alertsAMinute limits the alerts of one token
   */
  public AlertRoutes(
      Alerts alerts,
      AlertLedger ledger,
      Captures captures,
      InstantSource clock,
      AlertCounters counters,
      Quota alertsAMinute) {
    this.alerts = alerts;
    this.ledger = ledger;
    this.captures = captures;
    this.counters = counters;
    this.alertsAMinute = alertsAMinute;
    this.dialects =
        List.of(
            new FalcoDialect(clock),
            new AlertmanagerDialect(clock),
            new CloudEventsDialect(clock),
            new GenericDialect(clock));
  }

  public List<Route> routes() {
    List<Route> routes = new ArrayList<>();
    for (Dialect dialect : dialects) {
      routes.add(
          new Route(
                  "POST",
                  "/api/v1/alerts/" + dialect.name(),
                  Role.ALERT,
                  true,
                  JsonBody.MAX_BYTES,
                  request -> post(dialect, request))
              .scoped(Scoped.WHOLE));
    }
    routes.add(Route.of("GET", "/api/v1/alerts", Role.VIEWER, this::list).scoped(Scoped.LISTED));
    routes.add(Route.of("GET", "/api/v1/alerts/{id}", Role.VIEWER, this::get).scoped(Scoped.ALERT));
    return routes;
  }

  /** The result for one of several alerts in a body. */
  private record Accepted(Id alert, List<CaptureBrief> captures, @Nullable String notCaptured) {
    static Accepted of(ExternalAlerts.Outcome outcome) {
      return new Accepted(
          outcome.alert().alert().id(),
          outcome.captures().stream().map(CaptureBrief::of).toList(),
          outcome.alert().notCaptured());
    }
  }

  private Response post(Dialect dialect, Request request) throws IOException {
    List<IncomingAlert> incoming;
    try {
      incoming = dialect.read(request, JsonBody.bytes(request));
    } catch (ProblemException e) {
      counters.malformed.increment();
      throw e;
    }
    Principal sender = request.principal();
    if (!alertsAMinute.take(sender == null ? "" : sender.name(), incoming.size())) {
      counters.tooMany.add(incoming.size());
      throw new ProblemException(
          429,
          "too many alerts",
          "this token has sent more than "
              + alertsAMinute.max()
              + " alerts within a minute; group them, or send fewer",
          Map.of("Retry-After", Long.toString(alertsAMinute.window().toSeconds())));
    }
    List<ExternalAlerts.Outcome> outcomes = new ArrayList<>();
    for (IncomingAlert alert : incoming) {
      outcomes.add(alerts.receiveExternal(alert));
    }
    return accepted(outcomes.stream().map(Accepted::of).toList());
  }

  private static Response accepted(List<Accepted> results) {
    Map<String, Object> body = new LinkedHashMap<>();
    if (!results.isEmpty()) {
      body.put("alert", results.get(0).alert());
    }
    body.put(
        "captures",
        results.stream().flatMap(result -> result.captures().stream()).distinct().toList());
    if (results.size() == 1 && results.get(0).notCaptured() != null) {
      body.put("notCaptured", results.get(0).notCaptured());
    }
    if (results.size() > 1) {
      body.put("alerts", results);
    }
    return Response.json(202, body);
  }

  private Response list(Request request) throws IOException {
    Paging paging = Paging.of(request);
    AlertLedger.Filter filter =
        new AlertLedger.Filter(
            request.query("service"),
            request.query("rule"),
            Paging.query(request, "level", Level::of),
            request.query("source"));
    Page<AlertRecord> page =
        ledger.page(request.scope(Role.VIEWER), filter, paging.position(), paging.limit());
    List<AlertView> views = new ArrayList<>();
    for (AlertRecord alert : page.items()) {
      views.add(AlertView.of(alert, evidence(alert), null));
    }
    return Paging.answer("alerts", views, page.next());
  }

  private Response get(Request request) throws IOException {
    String id = request.pathParameter("id");
    AlertRecord alert = Id.isId(id) ? ledger.find(new Id(id)) : null;
    if (alert == null) {
      throw new ProblemException(
          404,
          "no such alert",
          "no alert " + Text.shortened(id) + "; GET /api/v1/alerts lists all");
    }
    return Response.json(
        200, AlertView.of(alert, evidence(alert), ledger.journal(alert.alert().id())));
  }

  private @Nullable Id evidence(AlertRecord alert) throws IOException {
    for (Id id : alert.captures()) {
      CaptureRecord capture = captures.find(id);
      if (capture != null && capture.evidence() != null) {
        return capture.evidence();
      }
    }
    return null;
  }
}
