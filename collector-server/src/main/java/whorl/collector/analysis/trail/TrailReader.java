package whorl.collector.analysis.trail;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import whorl.collector.analysis.kinds.Severity;
import whorl.collector.analysis.rows.Request;
import whorl.collector.analysis.rows.RowContext;
import whorl.collector.analysis.rows.RowDispatcher;
import whorl.collector.analysis.rows.RowStacks;
import whorl.collector.analysis.rows.RowView;
import whorl.collector.store.objects.EvidenceRecord;
import whorl.collector.timeline.Timeline;

/** Finds suspect rows in the timeline and the requests that they belong to. */
public final class TrailReader {
  /** Row types of entry points, and of actions that a web shell takes outside requests. */
  private static final List<String> TYPES =
      Stream.concat(EntryPoints.TYPES.stream(), Stream.of("whorl.SocketBind")).toList();

  private static final int CANDIDATES_MAX = 2_000;
  private static final int REQUESTS_MAX = 500;
  private static final int ALERTS_MAX = 1_000;
  private static final int LOOSE_MAX = 500;
  private static final int ARRIVALS_MAX = 4_000;
  private static final Duration ALERT_DELAY = Duration.ofSeconds(1);

  private final Timeline timeline;
  private final EvidenceRecord evidence;
  private final RowStacks stacks = new RowStacks();
  private final CodeArrivals codeArrivals = new CodeArrivals();

  /**
   * Rows that may be entry points, and rows outside any request that a web shell may have caused.
   */
  private final List<RowView> candidates = new ArrayList<>();

  private final List<RowView> loose = new ArrayList<>();

  /** The number of rows of each type, so that many rows of one type leave room for others. */
  private final Map<String, Integer> looseByType = new HashMap<>();

  private final List<RowView> arrivals = new ArrayList<>();
  private final Map<String, RaisedAlert> alerts = new LinkedHashMap<>();
  private final Map<String, RowView> firstRows = new HashMap<>();
  private final Set<String> ranCode = new HashSet<>();
  private final Map<String, Request> requests = new HashMap<>();
  private long dropped;
  private long cut;

  private TrailReader(Timeline timeline, EvidenceRecord evidence) {
    this.timeline = timeline;
    this.evidence = evidence;
  }

  public static Trail read(Timeline timeline, EvidenceRecord evidence) throws IOException {
    return new TrailReader(timeline, evidence).trail();
  }

  private Trail trail() throws IOException {
    RowDispatcher first = new RowDispatcher();
    first.subscribe(List.of("whorl.Alert", "alert.raised"), this::addAlert);
    first.subscribe(TYPES, this::addCandidate);
    first.subscribe(CodeArrivals.TYPES, this::addArrival);
    first.read(timeline, evidence.id());
    cut = first.cut();
    // requests of alerts are remembered first
    candidates.forEach(this::rememberRequest);
    dispatch(List.of("whorl.HttpRequest"), this::addRequest);
    firstRows.forEach(
        (id, row) -> requests.computeIfAbsent(id, any -> Request.unanswered(id, row)));
    stacks.read(timeline, evidence.id());
    arrivals.forEach(row -> codeArrivals.add(row, stacks.of(row)));
    codeArrivals.finish();
    if (!codeArrivals.names().isEmpty()) {
      dispatch(List.of("whorl.ClassLoad"), codeArrivals::markOrdinary);
    }
    List<EntryPoint> entryPoints =
        new Explanations(codeArrivals, stacks, requests).of(candidates, loose, alerts.values());
    for (EntryPoint entryPoint : entryPoints) {
      String id = entryPoint.request();
      if (id != null && entryPoint.ranCode()) {
        ranCode.add(id);
      }
    }
    Set<String> suspect = suspectRequests(entryPoints);
    List<EntryPoint> suspectPoints =
        entryPoints.stream()
            .filter(
                point ->
                    point.request() == null
                        ? point.severity().atLeast(Severity.HIGH)
                        : suspect.contains(point.request()))
            .toList();
    Map<String, Instant> firstActs = firstActs(suspectPoints);
    Map<String, Request> inOrder = new LinkedHashMap<>();
    requests.values().stream()
        .filter(request -> suspect.contains(request.id()))
        .map(request -> request.begunBefore(firstActs.get(request.id())))
        .sorted(Comparator.comparing(Request::began).thenComparing(Request::id))
        .forEach(request -> inOrder.put(request.id(), request));
    OwnRows ownRows = new OwnRows(codeArrivals.names());
    List<RowView> agents = candidates.stream().filter(row -> row.is("whorl.AgentLoad")).toList();
    ownRows.read(timeline, evidence.id(), inOrder, arrivals, agents, stacks);
    return new Trail(
        inOrder,
        suspectPoints,
        List.copyOf(alerts.values()),
        Set.copyOf(ranCode),
        breakInTime(inOrder, suspectPoints, alerts.values()),
        codeArrivals,
        ownRows.ids(),
        ownRows.compiling(),
        dropped,
        cut);
  }

  private void dispatch(List<String> types, RowDispatcher.RowConsumer rows) throws IOException {
    RowDispatcher rowDispatcher = new RowDispatcher();
    rowDispatcher.subscribe(types, rows);
    rowDispatcher.read(timeline, evidence.id());
  }

  private void addAlert(RowView row) {
    RaisedAlert raisedAlert = RaisedAlert.of(row);
    if (raisedAlert == null || !raisedAlert.level().atLeast(Severity.MEDIUM)) {
      return;
    }
    RaisedAlert known = alerts.get(raisedAlert.id());
    if (known == null && alerts.size() >= ALERTS_MAX) {
      dropped++;
    } else if (known == null || hasMore(raisedAlert, known)) {
      alerts.put(raisedAlert.id(), raisedAlert);
      stacks.request(row);
      rememberRequest(row);
    }
  }

  /**
   * Both the recording and alert.json report an alert. One of them may lack its request, and only
   * alert.json has its stack.
   */
  private static boolean hasMore(RaisedAlert raisedAlert, RaisedAlert known) {
    return known.request() == null
        && (raisedAlert.request() != null || raisedAlert.row().is("alert.raised"));
  }

  private void addCandidate(RowView row) {
    if (row.request() == null
        && EntryPoints.phrase(row) != null
        && looseByType.merge(row.action(), 1, Integer::sum) <= LOOSE_MAX) {
      loose.add(row);
      stacks.request(row);
    }
    if (EntryPoints.of(RowContext.of(row)) == null) {
      return;
    }
    if (candidates.size() >= CANDIDATES_MAX) {
      dropped++;
      return;
    }
    candidates.add(row);
    stacks.request(row);
  }

  private void addArrival(RowView row) {
    if (!CodeArrivals.isArrival(row)) {
      return;
    }
    if (arrivals.size() >= ARRIVALS_MAX) {
      dropped++;
      return;
    }
    arrivals.add(row);
    stacks.request(row);
  }

  private void rememberRequest(RowView row) {
    String id = row.request();
    if (id == null || firstRows.containsKey(id)) {
      return;
    }
    if (firstRows.size() < REQUESTS_MAX) {
      firstRows.put(id, row);
    } else {
      dropped++;
    }
  }

  private void addRequest(RowView row) {
    String id = row.request();
    if (id != null && firstRows.containsKey(id)) {
      requests.putIfAbsent(id, Request.answered(id, row));
    }
  }

  private Set<String> suspectRequests(List<EntryPoint> entryPoints) {
    Set<String> suspect = new HashSet<>();
    for (RaisedAlert alert : alerts.values()) {
      if (alert.request() != null && firstRows.containsKey(alert.request())) {
        suspect.add(alert.request());
      }
    }
    for (EntryPoint entryPoint : entryPoints) {
      String id = entryPoint.request();
      if (id != null && requests.containsKey(id) && entryPoint.isSuspicious()) {
        suspect.add(id);
      }
    }
    return suspect;
  }

  private static @Nullable Instant breakInTime(
      Map<String, Request> requests, List<EntryPoint> entryPoints, Collection<RaisedAlert> alerts) {
    Instant first = null;
    for (Request request : requests.values()) {
      first = earlier(first, request.began());
    }
    for (EntryPoint entryPoint : entryPoints) {
      first = earlier(first, entryPoint.row().time());
      CodeArrival cause = entryPoint.cause();
      for (CodeArrival.Trace trace :
          cause == null ? List.<CodeArrival.Trace>of() : cause.traces()) {
        first = trace.time() == null ? first : earlier(first, trace.time());
      }
    }
    for (RaisedAlert alert : alerts) {
      if (alert.level().atLeast(Severity.HIGH)) {
        // the action precedes its alert
        first = earlier(first, alert.row().time().minus(ALERT_DELAY));
      }
    }
    return first;
  }

  /** When the requests did what made them suspect, by their ids. */
  private static Map<String, Instant> firstActs(List<EntryPoint> entryPoints) {
    Map<String, Instant> acts = new HashMap<>();
    for (EntryPoint entryPoint : entryPoints) {
      String request = entryPoint.request();
      if (request != null) {
        acts.merge(request, entryPoint.row().time(), TrailReader::earlier);
      }
    }
    return acts;
  }

  private static Instant earlier(@Nullable Instant first, Instant other) {
    return first == null || other.isBefore(first) ? other : first;
  }
}
