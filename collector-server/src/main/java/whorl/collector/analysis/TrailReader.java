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
      Stream.concat(Entrances.TYPES.stream(), Stream.of("whorl.SocketBind")).toList();

  private static final int ENTRANCES_MAX = 2_000;
  private static final int REQUESTS_MAX = 500;
  private static final int ALERTS_MAX = 1_000;
  private static final int LOOSE_MAX = 500;
  private static final int COMINGS_MAX = 4_000;
  private static final Duration BEFORE_ALERT = Duration.ofSeconds(1);

  private final Timeline timeline;
  private final EvidenceRecord evidence;
  private final RowStacks stacks = new RowStacks();
  private final Comings comings = new Comings();

  /** Rows that may be ways in, and rows of no request that may be a shell's. */
  private final List<Seen> candidates = new ArrayList<>();

  private final List<Seen> loose = new ArrayList<>();

  /** How many of each type, so that many of one leave room for the others. */
  private final Map<String, Integer> looseOf = new HashMap<>();

  private final List<Seen> arrivals = new ArrayList<>();
  private final Map<String, Raised> alerts = new LinkedHashMap<>();
  private final Map<String, Seen> firstRows = new HashMap<>();
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
    Pass first = new Pass();
    first.each(List.of("whorl.Alert", "alert.raised"), this::alert);
    first.each(TYPES, this::candidate);
    first.each(Comings.TYPES, this::arrival);
    first.read(timeline, evidence.id());
    // those of alerts have come before
    candidates.forEach(this::remember);
    each(List.of("whorl.HttpRequest"), this::request);
    firstRows.forEach(
        (id, row) -> requests.computeIfAbsent(id, any -> Request.unanswered(id, row)));
    stacks.read(timeline, evidence.id());
    arrivals.forEach(row -> comings.add(row, stacks.of(row)));
    comings.end();
    if (!comings.names().isEmpty()) {
      each(List.of("whorl.ClassLoad"), comings::ordinary);
    }
    List<Entrance> entrances =
        new Explanations(comings, stacks, requests).of(candidates, loose, alerts.values());
    for (Entrance entrance : entrances) {
      String id = entrance.request();
      if (id != null && entrance.ran()) {
        ran.add(id);
      }
    }
    Set<String> suspect = suspectRequests(entrances);
    List<Entrance> kept =
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
    OwnRows own = new OwnRows(comings.names());
    List<Seen> agents = candidates.stream().filter(row -> row.is("whorl.AgentLoad")).toList();
    own.read(timeline, evidence.id(), inOrder, arrivals, agents, stacks);
    return new Trail(
        inOrder,
        kept,
        List.copyOf(alerts.values()),
        Set.copyOf(ran),
        wayIn(inOrder, kept, alerts.values()),
        comings,
        own.ids(),
        own.compiling(),
        left);
  }

  private void each(List<String> types, Pass.SeenConsumer rows) throws IOException {
    Pass pass = new Pass();
    pass.each(types, rows);
    pass.read(timeline, evidence.id());
  }

  private void alert(Seen row) {
    Raised raised = Raised.of(row);
    if (raised == null || !raised.level().atLeast(Severity.MEDIUM)) {
      return;
    }
    Raised known = alerts.get(raised.id());
    if (known == null && alerts.size() >= ALERTS_MAX) {
      left++;
    } else if (known == null || tellsMore(raised, known)) {
      alerts.put(raised.id(), raised);
      stacks.want(row);
      remember(row);
    }
  }

  /**
   * Both the recording and alert.json tell of an alert; not both may know its request, and
   * alert.json alone has its stack.
   */
  private static boolean tellsMore(Raised raised, Raised known) {
    return known.request() == null && (raised.request() != null || raised.row().is("alert.raised"));
  }

  private void candidate(Seen row) {
    if (row.request() == null
        && Entrances.deed(row) != null
        && looseOf.merge(row.action(), 1, Integer::sum) <= LOOSE_MAX) {
      loose.add(row);
      stacks.want(row);
    }
    if (Entrances.of(Sight.of(row)) == null) {
      return;
    }
    if (candidates.size() >= ENTRANCES_MAX) {
      left++;
      return;
    }
    candidates.add(row);
    stacks.want(row);
  }

  private void arrival(Seen row) {
    if (!Comings.isArrival(row)) {
      return;
    }
    if (arrivals.size() >= COMINGS_MAX) {
      left++;
      return;
    }
    arrivals.add(row);
    stacks.want(row);
  }

  private void remember(Seen row) {
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

  private void request(Seen row) {
    String id = row.request();
    if (id != null && firstRows.containsKey(id)) {
      requests.putIfAbsent(id, Request.answered(id, row));
    }
  }

  private Set<String> suspectRequests(List<Entrance> entrances) {
    Set<String> suspect = new HashSet<>();
    for (Raised alert : alerts.values()) {
      if (alert.request() != null && firstRows.containsKey(alert.request())) {
        suspect.add(alert.request());
      }
    }
    for (Entrance entrance : entrances) {
      String id = entrance.request();
      if (id != null && requests.containsKey(id) && entrance.suspicious()) {
        suspect.add(id);
      }
    }
    return suspect;
  }

  private static @Nullable Instant wayIn(
      Map<String, Request> requests, List<Entrance> entrances, Collection<Raised> alerts) {
    Instant first = null;
    for (Request request : requests.values()) {
      first = earlier(first, request.began());
    }
    for (Entrance entrance : entrances) {
      first = earlier(first, entrance.row().time());
      Coming by = entrance.by();
      for (Coming.How how : by == null ? List.<Coming.How>of() : by.ways()) {
        first = how.time() == null ? first : earlier(first, how.time());
      }
    }
    for (Raised alert : alerts) {
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
