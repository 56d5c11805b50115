package whorl.collector.search;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import whorl.collector.http.request.Principal;
import whorl.collector.http.request.ProblemException;
import whorl.collector.http.request.Request;
import whorl.collector.http.request.Response;
import whorl.collector.http.request.Role;
import whorl.collector.http.request.Route;
import whorl.collector.http.request.Scoped;
import whorl.collector.limit.Places;
import whorl.collector.store.access.Scope;
import whorl.collector.store.records.AgentLedger;
import whorl.collector.store.records.AgentRecord;
import whorl.collector.store.records.Indicator;
import whorl.collector.store.records.IndicatorKind;
import whorl.collector.store.records.IndicatorLedger;
import whorl.collector.store.records.JournalLedger;
import whorl.evidence.EventLine;
import whorl.evidence.Id;
import whorl.evidence.Json;

/**
 * {@code GET /api/v1/search?q=}: where a value was seen, in the indicators of all evidence and
 * alerts, in the newest events of the agents' journals, and in what is known of agents.
 */
public final class SearchRoutes {
  private static final int TEXT_MIN = 3;
  private static final int TEXT_MAX = 200;
  private static final int VALUES = 50;
  private static final int PLACES = 10;
  private static final int AGENTS = 20;
  private static final int EVENTS = 50;

  /** The newest events of all agents that are searched; older ones are only in evidence. */
  private static final long JOURNAL_EVENTS = 200_000;

  /** Searches of one person at a time, and of all people: each reads all that is kept. */
  static final int AT_ONCE_OF_PERSON = 3;

  static final int AT_ONCE = 9;

  private final Places ofPerson = new Places(AT_ONCE_OF_PERSON);
  private final Semaphore ofAll = new Semaphore(AT_ONCE);
  private final IndicatorLedger indicators;
  private final AgentLedger agents;
  private final JournalLedger journals;

  public SearchRoutes(IndicatorLedger indicators, AgentLedger agents, JournalLedger journals) {
    this.indicators = indicators;
    this.agents = agents;
    this.journals = journals;
  }

  public List<Route> routes() {
    return List.of(
        Route.of("GET", "/api/v1/search", Role.VIEWER, this::search).scoped(Scoped.LISTED));
  }

  /** Where a value was seen: in evidence, or else reported by an alert. */
  record Place(
      @Nullable Id agent,
      @Nullable String service,
      @Nullable String pod,
      @Nullable Id evidence,
      @Nullable Id alert,
      Instant first,
      Instant last) {
    static Place of(IndicatorLedger.Sighting sighting) {
      IndicatorLedger.Origin origin = sighting.origin();
      Indicator indicator = sighting.indicator();
      return new Place(
          origin.agent(),
          origin.service(),
          origin.pod(),
          origin.evidence(),
          origin.alert(),
          indicator.firstSeen(),
          indicator.lastSeen());
    }
  }

  /**
   * A value that contains the text.
   *
   * @param jvms in how many JVMs it was seen; {@code places} has the latest of them, each once
   */
  record Value(
      IndicatorKind kind,
      String value,
      long jvms,
      long count,
      Instant first,
      Instant last,
      List<Place> places) {}

  /** An agent whose names contain the text. */
  record Agent(
      Id id,
      @Nullable String service,
      @Nullable String namespace,
      @Nullable String pod,
      @Nullable String host,
      Instant lastSeen) {
    static Agent of(AgentRecord record) {
      return new Agent(
          record.identity().id(),
          record.identity().service(),
          record.identity().namespace(),
          record.identity().pod(),
          record.identity().host(),
          record.lastSeen());
    }
  }

  /** An event of a journal that contains the text, without its stack. */
  record Event(
      Id agent,
      long sequence,
      @Nullable Instant time,
      @Nullable String type,
      Map<String, Object> fields,
      @Nullable String thread) {
    static Event of(JournalLedger.Entry entry) {
      try {
        EventLine line = Json.LENIENT.readValue(entry.line(), EventLine.class);
        return new Event(
            entry.agent(),
            entry.sequence(),
            line.time(),
            line.type(),
            line.fields(),
            line.thread());
      } catch (IOException unreadable) {
        // it contains the text all the same, and the journal shows it
        return new Event(entry.agent(), entry.sequence(), null, null, Map.of(), null);
      }
    }
  }

  /**
   * The response.
   *
   * @param cut true if there are more values, agents or events than are listed
   * @param journalEvents how many of the newest events were looked through
   */
  record View(
      String q,
      List<Value> values,
      List<Agent> agents,
      List<Event> events,
      boolean cut,
      long journalEvents) {}

  private Response search(Request request) throws IOException {
    String text = text(request.query("q"));
    IndicatorKind kind = kind(request.query("kind"));
    Principal caller = request.principal();
    String person = caller == null ? "" : caller.quotaOwner();
    if (!ofPerson.enter(person)) {
      throw tooMany(429, AT_ONCE_OF_PERSON + " searches of yours are running");
    }
    try {
      if (!ofAll.tryAcquire()) {
        throw tooMany(503, AT_ONCE + " searches are running");
      }
      try {
        return search(request.scope(Role.VIEWER), text, kind);
      } finally {
        ofAll.release();
      }
    } finally {
      ofPerson.leave(person);
    }
  }

  private static ProblemException tooMany(int status, String why) {
    return new ProblemException(
        status, "too many searches", why + "; try again", Map.of("Retry-After", "1"));
  }

  private Response search(Scope scope, String text, @Nullable IndicatorKind kind)
      throws IOException {
    List<IndicatorLedger.Found> found = indicators.search(scope, text, kind, VALUES + 1);
    List<Value> values = new ArrayList<>();
    for (IndicatorLedger.Found each : found.subList(0, Math.min(VALUES, found.size()))) {
      Indicator value = each.indicator();
      values.add(
          new Value(
              value.kind(),
              value.value(),
              each.jvms(),
              value.count(),
              value.firstSeen(),
              value.lastSeen(),
              indicators.sightings(scope, value.kind(), value.value(), null, PLACES).stream()
                  .map(Place::of)
                  .toList()));
    }
    List<Agent> named =
        kind != null
            ? List.of()
            : agents.search(scope, text, AGENTS + 1).stream().map(Agent::of).toList();
    List<Event> events =
        kind != null
            ? List.of()
            : journals.search(scope, text, JOURNAL_EVENTS, EVENTS + 1).stream()
                .map(Event::of)
                .toList();
    boolean cut = found.size() > VALUES || named.size() > AGENTS || events.size() > EVENTS;
    return Response.json(
        200,
        new View(
            text,
            values,
            named.subList(0, Math.min(AGENTS, named.size())),
            events.subList(0, Math.min(EVENTS, events.size())),
            cut,
            JOURNAL_EVENTS));
  }

  private static String text(@Nullable String q) {
    String text = q == null ? "" : q.strip();
    if (text.length() < TEXT_MIN || text.length() > TEXT_MAX) {
      throw new ProblemException(
          400, "bad parameter", "q has from " + TEXT_MIN + " to " + TEXT_MAX + " characters");
    }
    return text;
  }

  private static @Nullable IndicatorKind kind(@Nullable String word) {
    if (word == null) {
      return null;
    }
    for (IndicatorKind kind : IndicatorKind.values()) {
      if (kind.word().equals(word)) {
        return kind;
      }
    }
    throw new ProblemException(
        400,
        "bad parameter",
        "kind is one of "
            + Arrays.stream(IndicatorKind.values())
                .map(IndicatorKind::word)
                .collect(Collectors.joining(", ")));
  }
}
