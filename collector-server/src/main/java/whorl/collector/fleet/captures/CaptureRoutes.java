package whorl.collector.fleet.captures;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import whorl.collector.fleet.agents.Fleet;
import whorl.collector.fleet.agents.Target;
import whorl.collector.http.request.JsonBody;
import whorl.collector.http.request.Paging;
import whorl.collector.http.request.Principal;
import whorl.collector.http.request.ProblemException;
import whorl.collector.http.request.Request;
import whorl.collector.http.request.Response;
import whorl.collector.http.request.Role;
import whorl.collector.http.request.Route;
import whorl.collector.http.request.Scoped;
import whorl.collector.store.access.Scope;
import whorl.collector.store.records.CaptureLedger;
import whorl.collector.store.records.CaptureLedger.OnceKey;
import whorl.collector.store.records.CaptureLedger.Remembered;
import whorl.collector.store.records.CaptureRecord;
import whorl.collector.store.records.Page;
import whorl.collector.store.triage.Gravest;
import whorl.collector.store.triage.GravestLedger;
import whorl.evidence.AgentIdentity;
import whorl.evidence.Digest;
import whorl.evidence.Id;
import whorl.evidence.Text;
import whorl.evidence.channel.CaptureState;

/** {@code /api/v1/captures}: requests captures and shows their progress. */
public final class CaptureRoutes {
  private static final int MAX_AGENTS = 1_000;
  private static final Pattern IDEMPOTENCY_KEY = Pattern.compile("[\\x21-\\x7e]{1,128}");

  private final Captures captures;
  private final Fleet fleet;
  private final GravestLedger gravest;
  private final Seen seen;
  private final IntoCase cases;
  private final Requests requests;
  // requests with the same idempotency key must run one after the other; requests are few
  private final Object requestLock = new Object();

  /** Decides who sees a capture. */
  @FunctionalInterface
  public interface Seen {
    boolean sees(Scope scope, Id capture) throws IOException;
  }

  /** Puts the evidence of captures into a case once it is sealed. */
  public interface IntoCase {
    /**
     * Returns the case that a request names.
     *
     * @throws ProblemException 404 if there is none that the caller may change
     */
    Id require(Request request, String text) throws IOException;

    /**
     * @param by the caller, as in custody
     */
    void await(List<Id> captures, Id ofCase, String by) throws IOException;
  }

  /** Learns who requests captures, before they are requested. */
  @FunctionalInterface
  public interface Requests {
    /**
     * A person requests captures.
     *
     * @param agents from which captures are requested
     * @param ofCase receives the evidence; null for none
     * @param by the caller's name in custody
     * @throws IOException if that can't be recorded; then no capture is requested
     */
    void requested(
        CaptureOrder order,
        List<AgentIdentity> agents,
        @Nullable Id ofCase,
        String by,
        String remoteAddress)
        throws IOException;
  }

  public CaptureRoutes(
      Captures captures,
      Fleet fleet,
      GravestLedger gravest,
      Seen seen,
      IntoCase cases,
      Requests requests) {
    this.requests = requests;
    this.cases = cases;
    this.gravest = gravest;
    this.captures = captures;
    this.fleet = fleet;
    this.seen = seen;
  }

  /**
   * The body of {@code POST /api/v1/captures}.
   *
   * @param ofCase receives the evidence; null or blank for none
   */
  record Body(
      @Nullable Target target,
      @Nullable List<String> artifacts,
      @Nullable String reason,
      boolean force,
      @JsonProperty("case") @Nullable String ofCase) {}

  public List<Route> routes() {
    return List.of(
        Route.of("POST", "/api/v1/captures", Role.RESPONDER, this::post).scoped(Scoped.LISTED),
        Route.of("GET", "/api/v1/captures", Role.VIEWER, this::list).scoped(Scoped.LISTED),
        Route.of("GET", "/api/v1/captures/{id}", Role.VIEWER, this::get).scoped(Scoped.CAPTURE));
  }

  private Response post(Request request) throws IOException {
    byte[] bytes = JsonBody.bytes(request);
    Body body = JsonBody.strict(bytes, Body.class);
    Target target = body.target();
    if (target == null || target.isEmpty()) {
      throw new ProblemException(400, "no target", "the target is empty; " + Target.REMEDY);
    }
    Principal principal = request.principal();
    String name = principal == null ? "nobody" : principal.name();
    CaptureOrder order = order(body, "asked for by " + name);
    String caseText = body.ofCase();
    Id ofCase = caseText == null || caseText.isBlank() ? null : cases.require(request, caseText);
    OnceKey once = once(request.header("Idempotency-Key"), name, bytes);
    synchronized (requestLock) {
      if (once != null) {
        Remembered earlier = captures.remembered(once.key());
        if (earlier != null) {
          return accepted(repeated(request.scope(Role.VIEWER), earlier, once));
        }
      }
      // of others' agents nothing is said, not even that they exist
      List<AgentIdentity> agents = fleet.find(request.scope(Role.RESPONDER), target);
      if (agents.isEmpty()) {
        throw new ProblemException(
            404,
            "no agent matches",
            "no connected agent matches " + target.described() + "; GET /api/v1/agents lists all");
      }
      if (agents.size() > MAX_AGENTS) {
        throw new ProblemException(
            400,
            "too many agents",
            agents.size()
                + " agents match; at most "
                + MAX_AGENTS
                + " are allowed; narrow the target");
      }
      if (captures.isFull()) {
        throw new ProblemException(
            429,
            "too many captures",
            CaptureLimits.MAX_OPEN + " captures are open; wait until some have ended");
      }
      List<AgentIdentity> able = captures.withRoom(agents);
      if (able.isEmpty()) {
        throw new ProblemException(
            429,
            "too many captures",
            "agent "
                + agents.get(0).id()
                + " has too many captures open, and so have all others that match; wait until some"
                + " have ended");
      }
      requests.requested(order, able, ofCase, name, request.remoteAddress());
      List<CaptureRecord> requested = captures.request(order, able, once);
      if (ofCase != null) {
        cases.await(requested.stream().map(CaptureRecord::id).toList(), ofCase, name);
      }
      return accepted(requested, skipped(agents, able));
    }
  }

  /** An agent from which no capture was requested. */
  private record Skipped(Id agent, String why) {}

  /** Lists the agents without room; the other agents get their request anyway. */
  private static List<Skipped> skipped(List<AgentIdentity> matching, List<AgentIdentity> able) {
    Set<AgentIdentity> requested = new HashSet<>(able);
    return matching.stream()
        .filter(agent -> !requested.contains(agent))
        .map(agent -> new Skipped(agent.id(), "it has too many captures open"))
        .toList();
  }

  private Response list(Request request) throws IOException {
    Paging paging = Paging.of(request);
    CaptureLedger.Filter filter =
        new CaptureLedger.Filter(
            Paging.query(request, "agent", Id::new),
            request.query("service"),
            Paging.query(request, "state", CaptureState::of),
            Paging.time(request, "from"),
            Paging.time(request, "to"));
    Page<CaptureRecord> page =
        captures.page(request.scope(Role.VIEWER), filter, paging.position(), paging.limit());
    return Paging.answer("captures", views(page.items()), page.next());
  }

  private List<CaptureView> views(List<CaptureRecord> captures) throws IOException {
    Map<Id, Gravest> found =
        gravest.find(
            captures.stream().map(CaptureRoutes::sealed).filter(Objects::nonNull).toList());
    List<CaptureView> views = new ArrayList<>();
    for (CaptureRecord each : captures) {
      Id evidence = sealed(each);
      views.add(CaptureView.of(each, evidence == null ? null : found.get(evidence)));
    }
    return views;
  }

  /** The evidence that was received; before, an agent may name any, also that of others. */
  private static @Nullable Id sealed(CaptureRecord capture) {
    return capture.sealedAt() == null ? null : capture.evidence();
  }

  private Response get(Request request) throws IOException {
    String id = request.pathParameter("id");
    CaptureRecord capture = Id.isId(id) ? captures.show(new Id(id)) : null;
    if (capture == null) {
      throw new ProblemException(
          404,
          "no such capture",
          "no capture " + Text.shortened(id) + "; GET /api/v1/captures lists all");
    }
    return Response.json(200, views(List.of(capture)).get(0));
  }

  private static CaptureOrder order(Body body, String defaultReason) {
    String reason = body.reason();
    try {
      return new CaptureOrder(
          body.artifacts() == null ? List.of() : body.artifacts(),
          reason == null || reason.isBlank() ? defaultReason : reason,
          null,
          body.force());
    } catch (IllegalArgumentException e) {
      throw new ProblemException(400, "bad request", "" + e.getMessage());
    }
  }

  private static @Nullable OnceKey once(@Nullable String key, String owner, byte[] body) {
    if (key == null) {
      return null;
    }
    if (!IDEMPOTENCY_KEY.matcher(key).matches()) {
      throw new ProblemException(
          400,
          "bad Idempotency-Key",
          "an Idempotency-Key has 1 to 128 visible ASCII characters; a UUID will do");
    }
    return new OnceKey(owner + " " + key, Digest.of(body));
  }

  private List<CaptureRecord> repeated(Scope scope, Remembered earlier, OnceKey once)
      throws IOException {
    if (!earlier.body().equals(once.body())) {
      throw new ProblemException(
          422,
          "Idempotency-Key used before",
          "this Idempotency-Key belongs to another request; use a new key for a new request");
    }
    List<CaptureRecord> found = new ArrayList<>();
    for (Id id : earlier.captures()) {
      CaptureRecord capture = captures.find(id);
      if (capture != null && seen.sees(scope, id)) {
        found.add(capture);
      }
    }
    return found;
  }

  private static Response accepted(List<CaptureRecord> accepted) {
    return accepted(accepted, List.of());
  }

  private static Response accepted(List<CaptureRecord> accepted, List<Skipped> skipped) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("captures", accepted.stream().map(CaptureBrief::of).toList());
    if (!skipped.isEmpty()) {
      body.put("skipped", skipped);
    }
    return Response.json(202, body);
  }
}
