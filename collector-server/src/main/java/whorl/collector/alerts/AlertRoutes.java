package whorl.collector.alerts;

import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.collector.fleet.captures.CaptureBrief;
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
import whorl.collector.limit.Rates;
import whorl.collector.store.access.Scope;
import whorl.collector.store.records.AlertLedger;
import whorl.collector.store.records.AlertRecord;
import whorl.collector.store.records.Page;
import whorl.collector.store.triage.GroupFilter;
import whorl.collector.store.triage.GroupLists;
import whorl.evidence.Id;
import whorl.evidence.Level;
import whorl.evidence.Text;

/** {@code /api/v1/alerts}: the webhooks, and the list of all alerts. */
public final class AlertRoutes {
  private final Alerts alerts;
  private final AlertLedger ledger;
  private final GroupLists groups;
  private final AlertViews views;
  private final InstantSource clock;
  private final AlertCounters counters;
  private final List<Dialect> dialects;

  /**
   * Limit for the alerts of one token, or of all API tokens of one person: enough for a large
   * cluster on its worst day; a whole day at this rate is less than the store keeps.
   */
  public static final int MAX_ALERTS_A_MINUTE = 300;

  /**
   * Limit for the JVMs that the alerts of one token match within a minute, at one collector; the
   * first alert of a minute may match more. Each is looked at, whether or not it is to capture.
   */
  static final int MAX_JVMS_A_MINUTE = 5_000;

  private final Quota alertsAMinute;
  private final Quota jvmsAMinute;

  /**
   * @param groups what people decided about alerts
   * @param alertsAMinute limits the alerts of one token
   */
  public AlertRoutes(
      Alerts alerts,
      AlertLedger ledger,
      GroupLists groups,
      InstantSource clock,
      AlertCounters counters,
      Quota alertsAMinute) {
    this(
        alerts,
        ledger,
        groups,
        clock,
        counters,
        alertsAMinute,
        new Rates(MAX_JVMS_A_MINUTE, Duration.ofMinutes(1), System::nanoTime));
  }

  /**
   * @param jvmsAMinute limits the JVMs that the alerts of one token match
   */
  AlertRoutes(
      Alerts alerts,
      AlertLedger ledger,
      GroupLists groups,
      InstantSource clock,
      AlertCounters counters,
      Quota alertsAMinute,
      Quota jvmsAMinute) {
    this.alerts = alerts;
    this.ledger = ledger;
    this.groups = groups;
    this.views = new AlertViews(ledger, groups);
    this.clock = clock;
    this.counters = counters;
    this.alertsAMinute = alertsAMinute;
    this.jvmsAMinute = jvmsAMinute;
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
    Principal principal = request.principal();
    String sender = principal == null ? "" : principal.quotaOwner();
    if (!alertsAMinute.take(sender, incoming.size())) {
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
      outcomes.add(alerts.receiveExternal(alert, jvms -> jvmsAMinute.take(sender, jvms)));
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
    Page<AlertRecord> page = page(request, paging);
    return Paging.answer("alerts", views.of(page.items()), page.next());
  }

  private Page<AlertRecord> page(Request request, Paging paging) throws IOException {
    Scope scope = request.scope(Role.VIEWER);
    if (AlertParameters.areOfGroups(request)) {
      GroupFilter filter = AlertParameters.filter(request, GroupFilter.Muted.SHOW, clock);
      Id group = Paging.query(request, "group", Id::new);
      return groups.alerts(scope, filter, group, paging.position(), paging.limit());
    }
    AlertLedger.Filter filter =
        new AlertLedger.Filter(
            request.query("service"),
            request.query("rule"),
            Paging.query(request, "level", Level::of),
            request.query("source"));
    return ledger.page(scope, filter, paging.position(), paging.limit());
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
    return Response.json(200, views.withJournal(alert));
  }
}
