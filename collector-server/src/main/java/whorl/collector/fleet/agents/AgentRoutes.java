package whorl.collector.fleet.agents;

import com.fasterxml.jackson.databind.util.RawValue;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import whorl.collector.http.request.Paging;
import whorl.collector.http.request.ProblemException;
import whorl.collector.http.request.Request;
import whorl.collector.http.request.Response;
import whorl.collector.http.request.Role;
import whorl.collector.http.request.Route;
import whorl.collector.http.request.Scoped;
import whorl.collector.store.chain.ChainSummary;
import whorl.collector.store.records.AgentLedger;
import whorl.collector.store.records.AgentRecord;
import whorl.collector.store.records.JournalLedger.Entry;
import whorl.evidence.AgentIdentity;
import whorl.evidence.Id;
import whorl.evidence.Text;

/** {@code /api/v1/agents}: the agents and their journals. */
public final class AgentRoutes {
  private static final int DEFAULT_EVENTS = 1_000;
  private static final int MAX_EVENTS = 10_000;
  private static final int MAX_SERVICES = 1_000;
  private static final int MATCHING_SHOWN = 20;

  private final Fleet fleet;
  private final Journals journals;

  public AgentRoutes(Fleet fleet, Journals journals) {
    this.fleet = fleet;
    this.journals = journals;
  }

  public List<Route> routes() {
    return List.of(
        Route.of("GET", "/api/v1/agents", Role.VIEWER, this::list).scoped(Scoped.LISTED),
        Route.of("GET", "/api/v1/agents/services", Role.VIEWER, this::services)
            .scoped(Scoped.LISTED),
        Route.of("GET", "/api/v1/agents/matching", Role.RESPONDER, this::matching)
            .scoped(Scoped.LISTED),
        Route.of("GET", "/api/v1/agents/{id}/journal", Role.VIEWER, this::journal)
            .scoped(Scoped.AGENT));
  }

  private Response list(Request request) throws IOException {
    Paging paging = Paging.of(request);
    AgentLedger.Filter filter =
        new AgentLedger.Filter(
            request.query("service"), request.query("namespace"), request.query("pod"));
    List<AgentView> agents =
        fleet
            .pages()
            .page(
                request.scope(Role.VIEWER),
                filter,
                Paging.trueOrFalse(request, "connected"),
                paging.cursor() == null ? "" : paging.cursor(),
                paging.limit() + 1);
    boolean more = agents.size() > paging.limit();
    List<AgentView> page = more ? agents.subList(0, paging.limit()) : agents;
    return Paging.answer("agents", page, more ? page.get(page.size() - 1).id() : null);
  }

  private Response services(Request request) throws IOException {
    return Response.json(
        200, Map.of("services", fleet.pages().services(request.scope(Role.VIEWER), MAX_SERVICES)));
  }

  /** Returns the connected agents that a capture with this target would ask. */
  private Response matching(Request request) throws IOException {
    Target target = target(request);
    if (target.isEmpty()) {
      throw new ProblemException(400, "no target", "the target is empty; " + Target.REMEDY);
    }
    List<AgentIdentity> agents = fleet.find(request.scope(Role.RESPONDER), target);
    return Response.json(
        200,
        new MatchingView(
            agents.size(), agents.stream().limit(MATCHING_SHOWN).map(MatchingAgent::of).toList()));
  }

  private static Target target(Request request) {
    try {
      return new Target(
          request.query("agent"),
          request.query("service"),
          request.query("namespace"),
          request.query("pod"),
          request.query("container"),
          labels(request.query("labels")));
    } catch (IllegalArgumentException e) {
      throw new ProblemException(400, "bad parameter", "" + e.getMessage());
    }
  }

  /** Labels as {@code team=checkout,tier=web}. */
  private static Map<String, String> labels(@Nullable String text) {
    Map<String, String> labels = new LinkedHashMap<>();
    for (String pair : text == null ? List.<String>of() : List.of(text.split("[,\\s]+", -1))) {
      int equals = pair.indexOf('=');
      if (!pair.isEmpty()) {
        labels.put(
            equals < 0 ? pair : pair.substring(0, equals),
            equals < 0 ? "" : pair.substring(equals + 1));
      }
    }
    return labels;
  }

  /**
   * The agents that match a target.
   *
   * @param agents their number
   * @param some the first of them
   */
  record MatchingView(int agents, List<MatchingAgent> some) {}

  /** One of the agents that match a target. */
  record MatchingAgent(Id id, String service, @Nullable String namespace, @Nullable String pod) {
    static MatchingAgent of(AgentIdentity agent) {
      return new MatchingAgent(agent.id(), agent.service(), agent.namespace(), agent.pod());
    }
  }

  /**
   * Returns the events after {@code since}, or the last {@code tail} events. {@code next} is the
   * {@code since} of the following page.
   */
  private Response journal(Request request) throws IOException {
    String id = request.pathParameter("id");
    String since = request.query("since");
    String tail = request.query("tail");
    if (since != null && tail != null) {
      throw new ProblemException(
          400,
          "bad parameter",
          "since excludes tail; query with tail first, then with since = its last sequence");
    }
    long after = since == null ? -1 : Paging.number("since", since, -1, Long.MAX_VALUE);
    int limit = Paging.of(request, DEFAULT_EVENTS, MAX_EVENTS).limit();
    AgentRecord agent = Id.isId(id) ? fleet.agent(new Id(id)) : null;
    if (agent == null) {
      throw new ProblemException(
          404,
          "no such agent",
          "no agent " + Text.shortened(id) + "; GET /api/v1/agents lists all");
    }
    List<Entry> events =
        tail == null
            ? journals.after(new Id(id), after, limit)
            : journals.tail(new Id(id), (int) Paging.number("tail", tail, 1, MAX_EVENTS));
    if ("ndjson".equals(request.query("format"))) {
      return new Response(
          200,
          Map.of("Content-Type", "application/x-ndjson"),
          new Response.Body.Bytes(lines(events)));
    }
    List<RawValue> raw = events.stream().map(event -> new RawValue(event.line())).toList();
    Long next =
        tail != null || events.size() < limit ? null : events.get(events.size() - 1).sequence();
    return Response.json(200, new JournalView(raw, next, agent.chain()));
  }

  /**
   * A part of a journal.
   *
   * @param chain says whether anything is missing in all of it; null if the agent has no chain
   */
  record JournalView(List<RawValue> events, @Nullable Long next, @Nullable ChainSummary chain) {}

  private static byte[] lines(List<Entry> events) {
    return events.stream()
        .map(event -> event.line() + "\n")
        .collect(Collectors.joining())
        .getBytes(StandardCharsets.UTF_8);
  }
}
