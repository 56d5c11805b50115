package whorl.collector.analysis;

import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
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
import org.jspecify.annotations.Nullable;
import whorl.collector.store.EvidenceRecord;
import whorl.collector.timeline.Column;
import whorl.collector.timeline.Timeline;

/** Reads the timeline for what is suspect in itself, and for the requests behind it. */
final class TrailReader {
  private static final int ENTRANCES_MAX = 2_000;
  private static final int REQUESTS_MAX = 500;
  private static final int ALERTS_MAX = 1_000;
  private static final int DECODED_MAX = 8_192;
  private static final Duration BEFORE_ALERT = Duration.ofSeconds(1);

  private final Timeline timeline;
  private final EvidenceRecord evidence;
  private final List<Entrance> entrances = new ArrayList<>();
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
    each(List.of("whorl.Alert", "alert.raised"), this::alert);
    each(Entrances.TYPES, this::entrance);
    each(List.of("whorl.HttpRequest"), this::request);
    firstRows.forEach(
        (id, row) -> requests.computeIfAbsent(id, any -> Request.unanswered(id, row)));
    Set<String> suspect = suspectRequests();
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
    return new Trail(
        inOrder,
        kept,
        List.copyOf(alerts.values()),
        Set.copyOf(ran),
        wayIn(inOrder, kept, alerts.values()),
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
    } else if (known == null || (known.request() == null && raised.request() != null)) {
      // both the recording and alert.json tell of an alert, and not both may know its request
      alerts.put(raised.id(), raised);
      remember(row);
    }
  }

  private void entrance(Seen row) {
    Entrance entrance = Entrances.of(row);
    if (entrance == null) {
      return;
    }
    if (entrances.size() >= ENTRANCES_MAX) {
      left++;
      return;
    }
    entrances.add(entrance);
    remember(row);
    if (entrance.request() != null
        && (row.is("whorl.ProcessStart")
            || row.is("whorl.ClassDefine")
            || row.is("whorl.Registration"))) {
      ran.add(entrance.request());
    }
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

  private Set<String> suspectRequests() {
    Set<String> suspect = new HashSet<>();
    for (Raised alert : alerts.values()) {
      if (alert.request() != null && firstRows.containsKey(alert.request())) {
        suspect.add(alert.request());
      }
    }
    for (Entrance entrance : entrances) {
      String id = entrance.request();
      Request request = id == null ? null : requests.get(id);
      if (id != null && request != null && isSuspect(entrance, request)) {
        suspect.add(id);
      }
    }
    return suspect;
  }

  /** Whether the way in alone makes the request suspect, with no alert to say so. */
  private static boolean isSuspect(Entrance entrance, Request request) {
    if (entrance.kind() == Entrance.Kind.FILE_VIEW) {
      String path = entrance.row().textOr(Column.FILE_PATH, "path");
      SensitivePath sensitive = SensitivePath.of(path);
      return (sensitive != null && sensitive.neverInGoodFaith()) || asksFor(request, path);
    }
    return entrance.severity().atLeast(Severity.HIGH);
  }

  /** Whether the request climbs out of a folder, or names the file. */
  private static boolean asksFor(Request request, String path) {
    String asked = decoded(request.path()) + "\n" + decoded(request.query());
    return asked.contains("../") || asked.contains("..\\") || asked.contains(path);
  }

  /** Decoded twice, as filters in front of servers are fooled; as it is where that can't be. */
  private static String decoded(String text) {
    String decoded = text.length() > DECODED_MAX ? text.substring(0, DECODED_MAX) : text;
    try {
      for (int i = 0; i < 2; i++) {
        decoded = URLDecoder.decode(decoded, StandardCharsets.UTF_8);
      }
    } catch (IllegalArgumentException notEncoded) {
      return decoded;
    }
    return decoded;
  }

  private static @Nullable Instant wayIn(
      Map<String, Request> requests, List<Entrance> entrances, Collection<Raised> alerts) {
    Instant first = null;
    for (Request request : requests.values()) {
      first = earlier(first, request.began());
    }
    for (Entrance entrance : entrances) {
      first = earlier(first, entrance.row().time());
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
