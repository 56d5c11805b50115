package whorl.collector.analysis;

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
import whorl.collector.store.EvidenceRecord;
import whorl.collector.timeline.Timeline;

/** Reads the timeline for what is suspect in itself, and for the requests behind it. */
final class TrailReader {
  /** Ways in, and what a shell does for no request. */
  private static final List<String> TYPES =
      Stream.concat(EntryPoints.TYPES.stream(), Stream.of("whorl.SocketBind")).toList();

  private static final int ENTRANCES_MAX = 2_000;
  private static final int REQUESTS_MAX = 500;
  private static final int ALERTS_MAX = 1_000;
  private static final int LOOSE_MAX = 500;
  private static final int COMINGS_MAX = 4_000;
  private static final Duration BEFORE_ALERT = Duration.ofSeconds(1);

  private final Timeline timeline;
  private final EvidenceRecord evidence;
  private final RowStacks stacks = new RowStacks();
  private final CodeArrivals codeArrivals = new CodeArrivals();

  /** Rows that may be ways in, and rows of no request that may be a shell's. */
  private final List<RowView> candidates = new ArrayList<>();

  private final List<RowView> loose = new ArrayList<>();

  /** How many of each type, so that many of one leave room for the others. */
  private final Map<String, Integer> looseOf = new HashMap<>();

  private final List<RowView> arrivals = new ArrayList<>();
  private final Map<String, RaisedAlert> alerts = new LinkedHashMap<>();
  private final Map<String, RowView> firstRows = new HashMap<>();
  private final Set<String> ran = new HashSet<>();
  private final Map<String, Request> requests = new HashMap<>();
  private long left;

  private TrailReader(Timeline timeline, EvidenceRecord evidence) {
    this.timeline = timeline;
    this.evidence = evidence;
  }

  static Trail read(Timeline timeline, EvidenceRecord evidence) throws IOException {
    return new TrailReader(timeline, evidence).trail();
  }

  private Trail trail() throws IOException {
    RowDispatcher first = new RowDispatcher();
    first.each(List.of("whorl.Alert", "alert.raised"), this::alert);
    first.each(TYPES, this::candidate);
    first.each(CodeArrivals.TYPES, this::arrival);
    first.read(timeline, evidence.id());
    // those of alerts have come before
    candidates.forEach(this::remember);
    each(List.of("whorl.HttpRequest"), this::request);
    firstRows.forEach(
        (id, row) -> requests.computeIfAbsent(id, any -> Request.unanswered(id, row)));
    stacks.read(timeline, evidence.id());
    arrivals.forEach(row -> codeArrivals.add(row, stacks.of(row)));
    codeArrivals.end();
    if (!codeArrivals.names().isEmpty()) {
      each(List.of("whorl.ClassLoad"), codeArrivals::ordinary);
    }
    List<EntryPoint> entrances =
        new Explanations(codeArrivals, stacks, requests).of(candidates, loose, alerts.values());
    for (EntryPoint entryPoint : entrances) {
      String id = entryPoint.request();
      if (id != null && entryPoint.ran()) {
        ran.add(id);
      }
    }
    Set<String> suspect = suspectRequests(entrances);
    List<EntryPoint> kept =
        entrances.stream()
            .filter(
                each ->
                    each.request() == null
                        ? each.severity().atLeast(Severity.HIGH)
                        : suspect.contains(each.request()))
            .toList();
    Map<String, Request> inOrder = new LinkedHashMap<>();
    requests.values().stream()
        .filter(each -> suspect.contains(each.id()))
        .sorted(Comparator.comparing(Request::began).thenComparing(Request::id))
        .forEach(each -> inOrder.put(each.id(), each));
    OwnRows own = new OwnRows(codeArrivals.names());
    List<RowView> agents = candidates.stream().filter(row -> row.is("whorl.AgentLoad")).toList();
    own.read(timeline, evidence.id(), inOrder, arrivals, agents, stacks);
    return new Trail(
        inOrder,
        kept,
        List.copyOf(alerts.values()),
        Set.copyOf(ran),
        wayIn(inOrder, kept, alerts.values()),
        codeArrivals,
        own.ids(),
        own.compiling(),
        left);
  }

  private void each(List<String> types, RowDispatcher.SeenConsumer rows) throws IOException {
    RowDispatcher rowDispatcher = new RowDispatcher();
    rowDispatcher.each(types, rows);
    rowDispatcher.read(timeline, evidence.id());
  }

  private void alert(RowView row) {
    RaisedAlert raisedAlert = RaisedAlert.of(row);
    if (raisedAlert == null || !raisedAlert.level().atLeast(Severity.MEDIUM)) {
      return;
    }
    RaisedAlert known = alerts.get(raisedAlert.id());
    if (known == null && alerts.size() >= ALERTS_MAX) {
      left++;
    } else if (known == null || tellsMore(raisedAlert, known)) {
      alerts.put(raisedAlert.id(), raisedAlert);
      stacks.want(row);
      remember(row);
    }
  }

  /**
   * Both the recording and alert.json tell of an alert; not both may know its request, and
   * alert.json alone has its stack.
   */
  private static boolean tellsMore(RaisedAlert raisedAlert, RaisedAlert known) {
    return known.request() == null
        && (raisedAlert.request() != null || raisedAlert.row().is("alert.raised"));
  }

  private void candidate(RowView row) {
    if (row.request() == null
        && EntryPoints.deed(row) != null
        && looseOf.merge(row.action(), 1, Integer::sum) <= LOOSE_MAX) {
      loose.add(row);
      stacks.want(row);
    }
    if (EntryPoints.of(RowContext.of(row)) == null) {
      return;
    }
    if (candidates.size() >= ENTRANCES_MAX) {
      left++;
      return;
    }
    candidates.add(row);
    stacks.want(row);
  }

  private void arrival(RowView row) {
    if (!CodeArrivals.isArrival(row)) {
      return;
    }
    if (arrivals.size() >= COMINGS_MAX) {
      left++;
      return;
    }
    arrivals.add(row);
    stacks.want(row);
  }

  private void remember(RowView row) {
    String id = row.request();
    if (id == null || firstRows.containsKey(id)) {
      return;
    }
    if (firstRows.size() < REQUESTS_MAX) {
      firstRows.put(id, row);
    } else {
      left++;
    }
  }

  private void request(RowView row) {
    String id = row.request();
    if (id != null && firstRows.containsKey(id)) {
      requests.putIfAbsent(id, Request.answered(id, row));
    }
  }

  private Set<String> suspectRequests(List<EntryPoint> entrances) {
    Set<String> suspect = new HashSet<>();
    for (RaisedAlert alert : alerts.values()) {
      if (alert.request() != null && firstRows.containsKey(alert.request())) {
        suspect.add(alert.request());
      }
    }
    for (EntryPoint entryPoint : entrances) {
      String id = entryPoint.request();
      if (id != null && requests.containsKey(id) && entryPoint.suspicious()) {
        suspect.add(id);
      }
    }
    return suspect;
  }

  private static @Nullable Instant wayIn(
      Map<String, Request> requests, List<EntryPoint> entrances, Collection<RaisedAlert> alerts) {
    Instant first = null;
    for (Request request : requests.values()) {
      first = earlier(first, request.began());
    }
    for (EntryPoint entryPoint : entrances) {
      first = earlier(first, entryPoint.row().time());
      CodeArrival by = entryPoint.by();
      for (CodeArrival.How how : by == null ? List.<CodeArrival.How>of() : by.ways()) {
        first = how.time() == null ? first : earlier(first, how.time());
      }
    }
    for (RaisedAlert alert : alerts) {
      if (alert.level().atLeast(Severity.HIGH)) {
        // the deed comes before the alert
        first = earlier(first, alert.row().time().minus(BEFORE_ALERT));
      }
    }
    return first;
  }

  private static Instant earlier(@Nullable Instant one, Instant other) {
    return one == null || other.isBefore(one) ? other : one;
  }
}
