package whorl.collector.analysis;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.collector.timeline.Column;
import whorl.collector.timeline.Row;
import whorl.collector.timeline.TimelineQuery;
import whorl.collector.timeline.Where;

/** How somebody came in: by which requests, and where these were of no request, by what else. */
final class WayIn implements Analysis {
  private static final int FINDINGS_MAX = 20;
  private static final int NAMED_MAX = 3;

  @Override
  public String name() {
    return "way-in";
  }

  @Override
  public Conclusion look(AnalysisContext context, Pass pass) throws IOException {
    Trail trail = context.trail();
    Map<String, List<Request>> byWay = new LinkedHashMap<>();
    Map<String, Entrance.Kind> kinds = new LinkedHashMap<>();
    for (Request request : trail.all()) {
      Entrance.Kind kind = kind(trail, request);
      String key = kind + " " + request.line();
      byWay.computeIfAbsent(key, any -> new ArrayList<>()).add(request);
      kinds.put(key, kind);
    }
    List<Found> found = new ArrayList<>();
    for (Map.Entry<String, List<Request>> way : byWay.entrySet()) {
      if (found.size() < FINDINGS_MAX) {
        found.add(byRequests(context, way.getKey(), kinds.get(way.getKey()), way.getValue()));
      }
    }
    for (Entrance entrance : trail.entrances()) {
      if (entrance.request() == null && found.size() < FINDINGS_MAX) {
        found.add(byOther(entrance));
      }
    }
    return () -> found;
  }

  /** The kind that explains this request best. */
  static Entrance.Kind kind(Trail trail, Request request) {
    return trail.entrances().stream()
        .filter(each -> request.id().equals(each.request()))
        .map(Entrance::kind)
        .min(Enum::compareTo)
        .orElse(Entrance.Kind.ALERT);
  }

  private Found byRequests(
      AnalysisContext context, String key, Entrance.@Nullable Kind kind, List<Request> requests)
      throws IOException {
    Entrance.Kind way = kind == null ? Entrance.Kind.ALERT : kind;
    Trail trail = context.trail();
    Draft draft = new Draft(this).techniques(way.techniques());
    List<Entrance> its = new ArrayList<>();
    for (Request request : requests) {
      draft.subject(request);
      draft.subject(Subject.Kind.ADDRESS, request.forwardedFor());
      draft.step(
          request.row(),
          request.began(),
          Tactic.INITIAL_ACCESS,
          request.line()
              + (request.source() == null ? "" : " from " + Phrases.cut(request.source(), 60)));
      if (trail.ran().contains(request.id())) {
        draft.severity(Severity.CRITICAL);
      }
      for (Entrance entrance : trail.entrances()) {
        if (request.id().equals(entrance.request())) {
          cite(draft, entrance);
          if (entrance.kind() == way) {
            its.add(entrance);
          }
        }
      }
      for (Raised alert : trail.alerts()) {
        if (request.id().equals(alert.request())) {
          draft
              .row(alert.row())
              .severity(way == Entrance.Kind.ALERT ? alert.level() : draft.severity());
        }
      }
    }
    if (!way.explains()) {
      draft.severity(way == Entrance.Kind.ALERT ? Severity.MEDIUM : Severity.HIGH);
    }
    return draft.found(key, title(way, requests.get(0)), text(context, way, requests, its, draft));
  }

  private static void cite(Draft draft, Entrance entrance) {
    draft.severity(entrance.severity());
    boolean ofItself =
        switch (entrance.kind()) {
          case JNDI, DESERIALIZATION, EXPRESSION, XML_ENTITY, REMOTE_CODE -> true;
          default -> false;
        };
    if (ofItself && !entrance.row().is("whorl.Reflection")) {
      draft.step(
          entrance.row(),
          entrance.kind() == Entrance.Kind.EXPRESSION ? Tactic.EXECUTION : Tactic.INITIAL_ACCESS,
          "made the application " + entrance.what());
    } else {
      draft.row(entrance.row());
    }
  }

  private static String title(Entrance.Kind way, Request request) {
    String line = request.line();
    return way == Entrance.Kind.ALERT
        ? "A request set off an alert: " + line
        : "Way in: " + way.title() + " through " + line;
  }

  private static String text(
      AnalysisContext context,
      Entrance.Kind way,
      List<Request> requests,
      List<Entrance> its,
      Draft draft)
      throws IOException {
    Request first = requests.get(0);
    StringBuilder text = new StringBuilder();
    text.append("At ").append(Phrases.at(first.began())).append(" the request ");
    text.append(first.described());
    if (its.isEmpty()) {
      text.append(" set off the rule ").append(rules(context.trail(), requests)).append('.');
    } else {
      boolean onlyReached = its.stream().allMatch(each -> each.row().is("whorl.Reflection"));
      List<String> whats =
          its.stream()
              // what an expression reaches for is told by the expression
              .filter(each -> onlyReached || !each.row().is("whorl.Reflection"))
              .map(Entrance::what)
              .distinct()
              .limit(NAMED_MAX)
              .toList();
      text.append(" made the application ").append(String.join(", and ", whats)).append('.');
    }
    if (requests.size() > 1) {
      Request last = requests.get(requests.size() - 1);
      text.append(' ')
          .append(Phrases.count(requests.size() - 1, "more request"))
          .append(" did the like, the last one at ")
          .append(Phrases.clock(last.began()))
          .append('.');
    }
    if (!way.explains() && way != Entrance.Kind.ALERT) {
      text.append(" Nothing in this evidence shows how the code that did it came in:")
          .append(" look for an earlier break-in, or a hole in this request's own handler.");
    } else if (draft.severity() == Severity.CRITICAL) {
      text.append(" Code or a program of the intruder's choice ran for it.");
    } else if (draft.severity() == Severity.MEDIUM) {
      text.append(" As far as the events tell, it got nothing by it.");
    }
    String contact = earliestContact(context, first);
    return text.append(contact).toString();
  }

  private static String rules(Trail trail, List<Request> requests) {
    return Phrases.list(
        trail.alerts().stream()
            .filter(alert -> requests.stream().anyMatch(each -> each.id().equals(alert.request())))
            .map(Raised::rule)
            .distinct()
            .map(rule -> "\"" + rule + "\"")
            .toList());
  }

  /** A sentence on what else of this address is in the evidence, before. */
  private static String earliestContact(AnalysisContext context, Request request)
      throws IOException {
    String source = request.source();
    if (source == null) {
      return "";
    }
    TimelineQuery query =
        TimelineQuery.of(context.evidence().id())
            .types("whorl.HttpRequest")
            .where(Column.SOURCE_IP, Where.Op.EQ, source)
            .page(1, null);
    for (Row row : context.timeline().page(query).rows()) {
      Seen earliest = new Seen(row);
      String id = earliest.request();
      if (id != null && !id.equals(request.id())) {
        Request contact = Request.answered(id, earliest);
        if (contact.began().isBefore(request.began())) {
          return " The earliest contact of "
              + Phrases.cut(source, 60)
              + " in this evidence is "
              + contact.line()
              + " at "
              + Phrases.clock(contact.began())
              + ".";
        }
      }
    }
    return " Nothing of " + Phrases.cut(source, 60) + " is in this evidence before that.";
  }

  private Found byOther(Entrance entrance) {
    Seen row = entrance.row();
    Instant time = row.time();
    Draft draft = new Draft(this).techniques(entrance.kind().techniques());
    draft.severity(entrance.severity());
    draft.step(row, Tactic.INITIAL_ACCESS, "made the application " + entrance.what());
    return draft.found(
        row.id(),
        "Way in: " + entrance.kind().title() + " outside any request",
        "At "
            + Phrases.at(time)
            + " something made the application "
            + entrance.what()
            + ", on the "
            + row.thread()
            + " and for no request that Whorl knows of. What that thread had read just before is what to look at.");
  }
}
