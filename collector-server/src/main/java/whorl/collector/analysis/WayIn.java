package whorl.collector.analysis;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import whorl.collector.analysis.stack.Library;

/**
 * How somebody came in: by which requests, and where these were of no request, by what else. What
 * came in before and is used now is told with the request that brought it.
 */
final class WayIn implements Analysis {
  private static final int FINDINGS_MAX = 20;

  @Override
  public String name() {
    return "way-in";
  }

  /** Requests that did the like. */
  record Way(
      EntryPoint.Kind kind,
      @Nullable CodeArrival by,
      List<Request> requests,
      List<EntryPoint> entrances) {
    Request first() {
      return requests.get(0);
    }

    /** The entrances that the kind is of. */
    List<EntryPoint> own() {
      return entrances.stream().filter(each -> each.kind() == kind).toList();
    }

    /** Through which libraries it went, the one that met the request's text first. */
    Set<Library.Use> libraries() {
      Map<Library, Library.Use> uses = new LinkedHashMap<>();
      for (EntryPoint entryPoint : entrances) {
        entryPoint.libraries().forEach(use -> uses.putIfAbsent(use.library(), use));
      }
      return new LinkedHashSet<>(uses.values());
    }

    /** What came in before and may have done it, though that is not sure. */
    @Nullable CodeArrival doubtful() {
      return by != null
          ? null
          : entrances.stream()
              .map(EntryPoint::by)
              .filter(each -> each != null)
              .findFirst()
              .orElse(null);
    }
  }

  @Override
  public Conclusion look(AnalysisContext context, RowDispatcher rowDispatcher) throws IOException {
    Trail trail = context.trail();
    Map<String, List<EntryPoint>> byRequest = new HashMap<>();
    Map<String, Way> threads = new LinkedHashMap<>();
    List<EntryPoint> others = new ArrayList<>();
    Set<CodeArrival> used = new LinkedHashSet<>();
    for (EntryPoint entryPoint : trail.entrances()) {
      String request = entryPoint.request();
      CodeArrival by = entryPoint.kind() == EntryPoint.Kind.USE ? entryPoint.by() : null;
      if (by != null) {
        used.add(by);
      }
      if (request != null) {
        byRequest.computeIfAbsent(request, any -> new ArrayList<>()).add(entryPoint);
      } else if (by != null) {
        threads
            .computeIfAbsent(
                by.name() + " " + entryPoint.row().thread(),
                any -> new Way(EntryPoint.Kind.USE, by, List.of(), new ArrayList<>()))
            .entrances()
            .add(entryPoint);
      } else {
        others.add(entryPoint);
      }
    }
    List<Found> found = new ArrayList<>();
    for (Map.Entry<String, Way> way : ways(trail, byRequest).entrySet()) {
      if (found.size() < FINDINGS_MAX) {
        found.add(byRequests(context, way.getKey(), way.getValue(), used));
      }
    }
    threads.forEach(
        (key, way) -> {
          if (found.size() < FINDINGS_MAX) {
            found.add(byThread(trail, key, way));
          }
        });
    for (EntryPoint entryPoint : others) {
      if (found.size() < FINDINGS_MAX) {
        found.add(byOther(context, entryPoint));
      }
    }
    return () -> found;
  }

  /** The requests by what they did, those first that began first. */
  private static Map<String, Way> ways(Trail trail, Map<String, List<EntryPoint>> byRequest) {
    Map<String, Way> ways = new LinkedHashMap<>();
    for (Request request : trail.all()) {
      List<EntryPoint> its = byRequest.getOrDefault(request.id(), List.of());
      EntryPoint.Kind kind =
          its.stream().map(EntryPoint::kind).min(Enum::compareTo).orElse(EntryPoint.Kind.ALERT);
      CodeArrival by =
          kind != EntryPoint.Kind.USE
              ? null
              : its.stream()
                  .filter(each -> each.kind() == kind)
                  .map(EntryPoint::by)
                  .findFirst()
                  .orElse(null);
      String key = kind + " " + (by == null ? "" : by.name() + " ") + request.line();
      Way way =
          ways.computeIfAbsent(key, any -> new Way(kind, by, new ArrayList<>(), new ArrayList<>()));
      way.requests().add(request);
      way.entrances().addAll(its);
    }
    return ways;
  }

  private Found byRequests(AnalysisContext context, String key, Way way, Set<CodeArrival> used)
      throws IOException {
    Trail trail = context.trail();
    FindingBuilder draft = new FindingBuilder(this).techniques(way.kind().techniques());
    List<CodeArrival> brought = new ArrayList<>();
    for (Request request : way.requests()) {
      draft.subject(request);
      draft.subject(Subject.Kind.ADDRESS, request.forwardedFor());
      CodeArrival by = way.by();
      draft.step(
          request.row(),
          request.began(),
          by == null ? Tactic.INITIAL_ACCESS : Tactic.EXECUTION,
          request.line()
              + (request.source() == null ? "" : " from " + Phrases.cut(request.source(), 60))
              + (by == null ? "" : ", which used " + by.described()));
      if (trail.ran().contains(request.id())) {
        draft.severity(Severity.CRITICAL);
      }
      used.stream()
          .filter(each -> each.isBy(request) && !brought.contains(each))
          .forEach(brought::add);
    }
    way.entrances().forEach(each -> cite(draft, each));
    for (RaisedAlert alert : trail.alerts()) {
      if (way.requests().stream().anyMatch(each -> each.id().equals(alert.request()))) {
        draft
            .row(alert.row())
            .severity(way.kind() == EntryPoint.Kind.ALERT ? alert.level() : draft.severity());
      }
    }
    if (!brought.isEmpty()) {
      // what it brought in ran later
      draft.severity(Severity.CRITICAL);
    }
    if (!way.kind().explains() && way.kind() != EntryPoint.Kind.FILE_READ) {
      draft.severity(way.kind() == EntryPoint.Kind.ALERT ? Severity.MEDIUM : Severity.HIGH);
    }
    String text = new WayInText(context, way, draft).told(brought);
    return draft.found(key, title(way), text);
  }

  private static void cite(FindingBuilder draft, EntryPoint entryPoint) {
    draft.severity(entryPoint.severity());
    for (Library.Use use : entryPoint.libraries()) {
      use.library().techniques().forEach(id -> draft.technique(Technique.of(id)));
    }
    boolean ofItself =
        switch (entryPoint.kind()) {
          case JNDI, DESERIALIZATION, EXPRESSION, XML_ENTITY, REMOTE_CODE, BEANS, JDBC, DATABASE ->
              // programs, classes and files are told by their own analyses
              EntryPoints.explainsItself(entryPoint.row());
          default -> false;
        };
    if (ofItself) {
      draft.step(
          entryPoint.row(),
          entryPoint.kind() == EntryPoint.Kind.EXPRESSION
              ? Tactic.EXECUTION
              : Tactic.INITIAL_ACCESS,
          "made the application " + entryPoint.what());
    } else {
      draft.row(entryPoint.row());
    }
  }

  private static String title(Way way) {
    String line = way.first().line();
    CodeArrival by = way.by();
    if (by != null) {
      return "Use of " + by.described() + " through " + line;
    }
    return switch (way.kind()) {
      case ALERT -> "A request set off an alert: " + line;
      case FILE_READ -> "A request read a file that matters: " + line;
      default -> "Way in: " + way.kind().title() + " through " + line;
    };
  }

  private Found byThread(Trail trail, String key, Way way) {
    FindingBuilder draft =
        new FindingBuilder(this).severity(Severity.CRITICAL).techniques(way.kind().techniques());
    List<String> whats = new ArrayList<>();
    for (EntryPoint entryPoint : way.entrances()) {
      draft.row(entryPoint.row());
      whats.add(entryPoint.what());
    }
    CodeArrival by = way.by();
    RowView first = way.entrances().get(0).row();
    return draft.found(
        key,
        "Use of " + (by == null ? "" : by.described()) + " by the " + first.thread(),
        "At "
            + Phrases.at(first.time())
            + " the "
            + first.thread()
            + ", for no request that Whorl knows of, made the application "
            + WayInText.first(whats)
            + "."
            + (by == null ? "" : " " + CodeArrivalText.told(draft, trail, by)));
  }

  private Found byOther(AnalysisContext context, EntryPoint entryPoint) {
    RowView row = entryPoint.row();
    FindingBuilder draft = new FindingBuilder(this).techniques(entryPoint.kind().techniques());
    draft.severity(entryPoint.severity());
    draft.step(row, Tactic.INITIAL_ACCESS, "made the application " + entryPoint.what());
    return draft.found(
        row.id(),
        "Way in: " + entryPoint.kind().title() + " outside any request",
        "At "
            + Phrases.at(row.time())
            + " something made the application "
            + entryPoint.what()
            + ", on the "
            + row.thread()
            + " and for no request that Whorl knows of."
            + WayInText.through(context.jars(), entryPoint.libraries(), draft)
            + " What that thread had read just before is what to look at.");
  }
}
