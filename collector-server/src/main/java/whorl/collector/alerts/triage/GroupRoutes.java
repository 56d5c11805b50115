package whorl.collector.alerts.triage;

import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import whorl.collector.alerts.AlertParameters;
import whorl.collector.alerts.AlertViews;
import whorl.collector.http.request.JsonBody;
import whorl.collector.http.request.Paging;
import whorl.collector.http.request.ProblemException;
import whorl.collector.http.request.Request;
import whorl.collector.http.request.Response;
import whorl.collector.http.request.Role;
import whorl.collector.http.request.Route;
import whorl.collector.http.request.Scoped;
import whorl.collector.store.access.Scope;
import whorl.collector.store.records.AlertRecord;
import whorl.collector.store.records.Deed;
import whorl.collector.store.records.Page;
import whorl.collector.store.triage.AlertGroup;
import whorl.collector.store.triage.AlertMute;
import whorl.collector.store.triage.AlertMutes;
import whorl.collector.store.triage.GroupFilter;
import whorl.collector.store.triage.GroupLists;
import whorl.collector.store.triage.Triage;
import whorl.collector.store.triage.TriageState;
import whorl.evidence.Id;
import whorl.evidence.Text;

/** {@code /api/v1/alert-groups}: alerts in groups, and what people decide about them. */
public final class GroupRoutes {
  private static final String PATH = "/api/v1/alert-groups";
  private static final String GROUP_PATH = PATH + "/{id}";
  private static final int ALERTS_SHOWN = 200;

  private final GroupLists groups;
  private final Triage triage;
  private final AlertMutes mutes;
  private final AlertViews views;
  private final TriageCustody custody;
  private final InstantSource clock;

  public GroupRoutes(
      GroupLists groups,
      Triage triage,
      AlertMutes mutes,
      AlertViews views,
      TriageCustody custody,
      InstantSource clock) {
    this.groups = groups;
    this.triage = triage;
    this.mutes = mutes;
    this.views = views;
    this.custody = custody;
    this.clock = clock;
  }

  /** The body of a {@code PATCH}; see {@link Triage.Change}. */
  record Body(
      @Nullable TriageState state,
      @Nullable String assignee,
      @Nullable String comment,
      @Nullable Long version) {}

  public List<Route> routes() {
    return List.of(
        Route.of("GET", PATH, Role.VIEWER, this::list).scoped(Scoped.LISTED),
        Route.of("GET", GROUP_PATH, Role.VIEWER, this::get).scoped(Scoped.ALERT_GROUP),
        Route.of("PATCH", GROUP_PATH, Role.RESPONDER, this::changeGroup).scoped(Scoped.ALERT_GROUP),
        Route.of("PATCH", "/api/v1/alerts/{id}", Role.RESPONDER, this::changeAlert)
            .scoped(Scoped.ALERT));
  }

  private Response list(Request request) throws IOException {
    Paging paging = Paging.of(request);
    Scope scope = request.scope(Role.VIEWER);
    GroupFilter filter = AlertParameters.filter(request, GroupFilter.Muted.HIDE, clock);
    Page<AlertGroup> page = groups.page(scope, filter, paging.position(), paging.limit());
    Map<Id, Id> evidence = groups.evidence(page.items());
    List<GroupView> lines = new ArrayList<>();
    for (AlertGroup each : page.items()) {
      lines.add(GroupView.of(each, evidence.get(each.id()), null));
    }
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("groups", lines);
    body.put("muted", groups.countMuted(scope, filter));
    Long next = page.next();
    if (next != null) {
      body.put("next", Paging.cursor(next));
    }
    return Response.json(200, body);
  }

  private Response get(Request request) throws IOException {
    return Response.json(200, view(request, id(request)));
  }

  private GroupView view(Request request, Id id) throws IOException {
    AlertGroup group = groups.find(id);
    if (group == null) {
      throw notFound(id.value());
    }
    Page<AlertRecord> alerts =
        groups.alerts(request.scope(Role.VIEWER), GroupFilter.EVERY, id, null, ALERTS_SHOWN);
    return GroupView.of(
        group,
        groups.evidence(List.of(group)).get(id),
        new GroupView.Detail(views.of(alerts.items()), groups.acts(id), mutes(group)));
  }

  private List<AlertMute> mutes(AlertGroup group) throws IOException {
    Set<String> rules = group.titles().stream().map(Deed.Match::rule).collect(Collectors.toSet());
    return mutes.list(clock.instant(), false).stream()
        .filter(mute -> rules.contains(mute.rule()) && mute.service().equals(group.service()))
        .filter(
            mute -> mute.namespace() == null || Objects.equals(mute.namespace(), group.namespace()))
        .toList();
  }

  private Response changeGroup(Request request) throws IOException {
    Id id = id(request);
    Triage.Change change = change(request);
    String by = AlertParameters.name(request);
    answer(
        id,
        custody.<Triage.Outcome>together(
            entries ->
                triage.ofGroup(
                    id, change, by, (group, acts) -> custody.write(group, acts, entries)),
            outcome -> outcome instanceof Triage.Outcome.Done));
    return Response.json(200, view(request, id));
  }

  private Response changeAlert(Request request) throws IOException {
    String text = request.pathParameter("id");
    if (!Id.isId(text)) {
      throw noAlert(text);
    }
    Id id = new Id(text);
    Triage.Change change = change(request);
    String by = AlertParameters.name(request);
    Triage.Outcome outcome =
        custody.<Triage.Outcome>together(
            entries ->
                triage.ofAlert(
                    id, change, by, (group, acts) -> custody.write(group, acts, entries)),
            made -> made instanceof Triage.Outcome.Done);
    if (outcome instanceof Triage.Outcome.NotFound) {
      throw noAlert(text);
    }
    answer(id, outcome);
    Object view = views.of(id);
    if (view == null) {
      throw noAlert(text); // evicted just now
    }
    return Response.json(200, view);
  }

  private static Triage.Change change(Request request) throws IOException {
    Body body = JsonBody.strict(JsonBody.bytes(request), Body.class);
    if (body.state() == null && body.assignee() == null && body.comment() == null) {
      throw new ProblemException(
          400, "nothing to change", "give a state, an assignee or a comment");
    }
    return new Triage.Change(
        body.state(), assignee(request, body), TriageText.comment(body.comment()), body.version());
  }

  private static @Nullable String assignee(Request request, Body body) {
    String wanted = body.assignee();
    if (wanted == null || wanted.isBlank()) {
      return wanted == null ? null : "";
    }
    return wanted.equals("me")
        ? AlertParameters.name(request)
        : TriageText.line("assignee", wanted);
  }

  private static void answer(Id id, Triage.Outcome outcome) {
    if (outcome instanceof Triage.Outcome.NotFound) {
      throw notFound(id.value());
    }
    if (outcome instanceof Triage.Outcome.Full) {
      throw new ProblemException(
          409,
          "too many",
          Triage.ACTS_MAX + " changes and comments are kept of one group; write to a case");
    }
    if (outcome instanceof Triage.Outcome.Changed now) {
      throw new ProblemException(
          409,
          "changed meanwhile",
          "somebody else has changed it: it is "
              + now.state().word()
              + (now.assignee() == null ? "" : ", assigned to " + now.assignee())
              + ", version "
              + now.version()
              + "; look at it, and then change it with this version");
    }
  }

  private static Id id(Request request) {
    String text = request.pathParameter("id");
    if (!Id.isId(text)) {
      throw notFound(text);
    }
    return new Id(text);
  }

  private static ProblemException notFound(String id) {
    return new ProblemException(
        404,
        "no such group of alerts",
        "no group " + Text.shortened(id) + "; GET " + PATH + " lists all");
  }

  private static ProblemException noAlert(String id) {
    return new ProblemException(
        404, "no such alert", "no alert " + Text.shortened(id) + "; GET /api/v1/alerts lists all");
  }
}
