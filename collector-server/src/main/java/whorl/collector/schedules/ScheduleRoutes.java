package whorl.collector.schedules;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import whorl.collector.fleet.captures.CaptureOrder;
import whorl.collector.http.request.JsonBody;
import whorl.collector.http.request.Principal;
import whorl.collector.http.request.ProblemException;
import whorl.collector.http.request.Request;
import whorl.collector.http.request.Response;
import whorl.collector.http.request.Role;
import whorl.collector.http.request.Route;
import whorl.collector.http.request.Scoped;
import whorl.collector.store.access.Scope;
import whorl.collector.store.schedules.Schedule;
import whorl.collector.store.schedules.ScheduleLedger;
import whorl.evidence.Text;

/** {@code /api/v1/schedules}: captures that are repeated. */
public final class ScheduleRoutes {
  private static final String PATH = "/api/v1/schedules";
  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9._-]{0,63}");
  private static final Duration EVERY_MIN = Duration.ofMinutes(5);
  private static final Duration EVERY_MAX = Duration.ofDays(31);
  private static final int REPLICAS_MAX = 10;

  private final ScheduleLedger ledger;
  private final Changes changes;
  private final InstantSource clock;

  /** Learns who changes schedules, before they are changed. */
  @FunctionalInterface
  interface Changes {
    /**
     * A person sets or removes a schedule.
     *
     * @param change {@code set} or {@code removed}
     * @param by the person's name in custody
     * @throws IOException if that cannot be recorded; then nothing is changed
     */
    void changed(Schedule schedule, String change, String by, String remoteAddress)
        throws IOException;
  }

  ScheduleRoutes(ScheduleLedger ledger, Changes changes, InstantSource clock) {
    this.ledger = ledger;
    this.changes = changes;
    this.clock = clock;
  }

  public List<Route> routes() {
    return List.of(
        Route.of("GET", PATH, Role.VIEWER, this::list).scoped(Scoped.LISTED),
        Route.of("PUT", PATH + "/{name}", Role.RESPONDER, this::put).scoped(Scoped.WHOLE),
        Route.of("DELETE", PATH + "/{name}", Role.RESPONDER, this::remove).scoped(Scoped.WHOLE));
  }

  /** The agents that may be captured. */
  record Agents(
      @Nullable String service, @Nullable String namespace, @Nullable Map<String, String> labels) {
    boolean isEmpty() {
      return service == null && namespace == null && (labels == null || labels.isEmpty());
    }
  }

  /**
   * The body of a PUT.
   *
   * @param replicas 1 if absent
   */
  record Body(
      @Nullable Agents target,
      @Nullable Long everySeconds,
      @Nullable Integer replicas,
      @Nullable List<String> artifacts) {}

  private record View(
      String name,
      Agents target,
      long everySeconds,
      int replicas,
      List<String> artifacts,
      String maker,
      Instant next) {
    static View of(Schedule schedule, Instant next) {
      return new View(
          schedule.name(),
          new Agents(schedule.service(), schedule.namespace(), schedule.labels()),
          schedule.everySeconds(),
          schedule.replicas(),
          schedule.artifacts(),
          schedule.maker(),
          next);
    }
  }

  /** A schedule that no agent of the scope can get is left out: it names others. */
  private Response list(Request request) throws IOException {
    Scope scope = request.scope(Role.VIEWER);
    List<View> views = new ArrayList<>();
    for (ScheduleLedger.Entry each : ledger.all()) {
      Schedule schedule = each.schedule();
      if (scope.mayMeet(schedule.namespace(), schedule.service(), schedule.labels())) {
        views.add(View.of(schedule, each.next()));
      }
    }
    return Response.json(200, Map.of("schedules", views));
  }

  private Response put(Request request) throws IOException {
    Schedule schedule = schedule(request);
    if (!ledger.hasRoom(schedule.name())) {
      throw tooMany();
    }
    changes.changed(schedule, "set", schedule.maker(), request.remoteAddress());
    Instant next = clock.instant().plusSeconds(schedule.everySeconds());
    if (!ledger.put(schedule, next)) {
      throw tooMany(); // others were made meanwhile
    }
    return Response.json(200, View.of(schedule, next));
  }

  private Response remove(Request request) throws IOException {
    String name = request.pathParameter("name");
    Schedule before = ledger.find(name);
    if (before == null) {
      throw noSchedule(name);
    }
    changes.changed(before, "removed", by(request), request.remoteAddress());
    if (!ledger.remove(name)) {
      throw noSchedule(name); // somebody else removed it meanwhile
    }
    return Response.empty(204);
  }

  private static String by(Request request) {
    Principal principal = request.principal();
    return principal == null ? "nobody" : principal.name();
  }

  private static ProblemException tooMany() {
    return new ProblemException(409, "too many schedules", "remove some with DELETE " + PATH);
  }

  private static ProblemException noSchedule(String name) {
    return new ProblemException(
        404,
        "no such schedule",
        "no schedule " + Text.shortened(name) + "; GET " + PATH + " lists all");
  }

  private static Schedule schedule(Request request) throws IOException {
    String name = request.pathParameter("name");
    if (!NAME.matcher(name).matches()) {
      throw malformed(
          "not a name for a schedule (a-z, 0-9, '.', '_', '-', at most 64): "
              + Text.shortened(name));
    }
    Body body = JsonBody.strict(JsonBody.bytes(request), Body.class);
    Agents target = body.target();
    if (target == null || target.isEmpty()) {
      throw malformed("the target is empty; give service, namespace or labels");
    }
    if (target.labels() != null && target.labels().containsValue(null)) {
      throw malformed("a label of the target has no value");
    }
    long every = body.everySeconds() == null ? 0 : body.everySeconds();
    if (every < EVERY_MIN.toSeconds() || every > EVERY_MAX.toSeconds()) {
      throw malformed(
          "everySeconds is from " + EVERY_MIN.toSeconds() + " to " + EVERY_MAX.toSeconds());
    }
    int replicas = body.replicas() == null ? 1 : body.replicas();
    if (replicas < 1 || replicas > REPLICAS_MAX) {
      throw malformed("replicas is from 1 to " + REPLICAS_MAX);
    }
    List<String> artifacts = body.artifacts() == null ? List.of() : body.artifacts();
    try {
      // the same checks as for a capture at once
      artifacts = new CaptureOrder(artifacts, name, null, false).artifacts();
    } catch (IllegalArgumentException e) {
      throw malformed("" + e.getMessage());
    }
    return new Schedule(
        name,
        target.service(),
        target.namespace(),
        target.labels() == null ? Map.of() : target.labels(),
        every,
        replicas,
        artifacts,
        by(request));
  }

  private static ProblemException malformed(String detail) {
    return new ProblemException(400, "bad schedule", detail);
  }
}
