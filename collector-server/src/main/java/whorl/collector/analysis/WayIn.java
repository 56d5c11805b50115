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
      Entrance.Kind kind, @Nullable Coming by, List<Request> requests, List<Entrance> entrances) {
    Request first() {
      return requests.get(0);
    }

    /** The entrances that the kind is of. */
    List<Entrance> own() {
      return entrances.stream().filter(each -> each.kind() == kind).toList();
    }

    /** Through which libraries it went, the one that met the request's text first. */
    Set<Library.Use> libraries() {
      Map<Library, Library.Use> uses = new LinkedHashMap<>();
      for (Entrance entrance : entrances) {
        entrance.libraries().forEach(use -> uses.putIfAbsent(use.library(), use));
      }
      return new LinkedHashSet<>(uses.values());
    }

    /** What came in before and may have done it, though that is not sure. */
    @Nullable Coming doubtful() {
      return by != null
          ? null
          : entrances.stream()
              .map(Entrance::by)
              .filter(each -> each != null)
              .findFirst()
              .orElse(null);
    }
  }

  @Override
  public Conclusion look(AnalysisContext context, Pass pass) throws IOException {
    Trail trail = context.trail();
    Map<String, List<Entrance>> byRequest = new HashMap<>();
    Map<String, Way> threads = new LinkedHashMap<>();
    List<Entrance> others = new ArrayList<>();
    Set<Coming> used = new LinkedHashSet<>();
    for (Entrance entrance : trail.entrances()) {
      String request = entrance.request();
      Coming by = entrance.kind() == Entrance.Kind.USE ? entrance.by() : null;
      if (by != null) {
        used.add(by);
      }
      if (request != null) {
        byRequest.computeIfAbsent(request, any -> new ArrayList<>()).add(entrance);
      } else if (by != null) {
        threads
            .computeIfAbsent(
                by.name() + " " + entrance.row().thread(),
                any -> new Way(Entrance.Kind.USE, by, List.of(), new ArrayList<>()))
            .entrances()
            .add(entrance);
      } else {
        others.add(entrance);
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
    for (Entrance entrance : others) {
      if (found.size() < FINDINGS_MAX) {
        found.add(byOther(context, entrance));
      }
    }
    return () -> found;
  }

  /** The requests by what they did, those first that began first. */
  private static Map<String, Way> ways(Trail trail, Map<String, List<Entrance>> byRequest) {
    Map<String, Way> ways = new LinkedHashMap<>();
    for (Request request : trail.all()) {
      List<Entrance> its = byRequest.getOrDefault(request.id(), List.of());
      Entrance.Kind kind =
          its.stream().map(Entrance::kind).min(Enum::compareTo).orElse(Entrance.Kind.ALERT);
      Coming by =
          kind != Entrance.Kind.USE
              ? null
              : its.stream()
                  .filter(each -> each.kind() == kind)
                  .map(Entrance::by)
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

  private Found byRequests(AnalysisContext context, String key, Way way, Set<Coming> used)
      throws IOException {
    Trail trail = context.trail();
    Draft draft = new Draft(this).techniques(way.kind().techniques());
    List<Coming> brought = new ArrayList<>();
    for (Request request : way.requests()) {
      draft.subject(request);
      draft.subject(Subject.Kind.ADDRESS, request.forwardedFor());
      Coming by = way.by();
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
    for (Raised alert : trail.alerts()) {
      if (way.requests().stream().anyMatch(each -> each.id().equals(alert.request()))) {
        draft
            .row(alert.row())
            .severity(way.kind() == Entrance.Kind.ALERT ? alert.level() : draft.severity());
      }
    }
    if (!brought.isEmpty()) {
      // what it brought in ran later
      draft.severity(Severity.CRITICAL);
    }
    if (!way.kind().explains() && way.kind() != Entrance.Kind.FILE_READ) {
      draft.severity(way.kind() == Entrance.Kind.ALERT ? Severity.MEDIUM : Severity.HIGH);
    }
    String text = new WayInText(context, way, draft).told(brought);
    return draft.found(key, title(way), text);
  }

  private static void cite(Draft draft, Entrance entrance) {
    draft.severity(entrance.severity());
    for (Library.Use use : entrance.libraries()) {
      use.library().techniques().forEach(id -> draft.technique(Technique.of(id)));
    }
    boolean ofItself =
        switch (entrance.kind()) {
          case JNDI, DESERIALIZATION, EXPRESSION, XML_ENTITY, REMOTE_CODE, BEANS, JDBC, DATABASE ->
              // programs, classes and files are told by their own analyses
              Entrances.explainsItself(entrance.row());
          default -> false;
        };
    if (ofItself) {
      draft.step(
          entrance.row(),
          entrance.kind() == Entrance.Kind.EXPRESSION ? Tactic.EXECUTION : Tactic.INITIAL_ACCESS,
          "made the application " + entrance.what());
    } else {
      draft.row(entrance.row());
    }
  }

  private static String title(Way way) {
    String line = way.first().line();
    Coming by = way.by();
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
    Draft draft = new Draft(this).severity(Severity.CRITICAL).techniques(way.kind().techniques());
    List<String> whats = new ArrayList<>();
    for (Entrance entrance : way.entrances()) {
      draft.row(entrance.row());
      whats.add(entrance.what());
    }
    Coming by = way.by();
    Seen first = way.entrances().get(0).row();
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
            + (by == null ? "" : " " + ComingText.told(draft, trail, by)));
  }

  private Found byOther(AnalysisContext context, Entrance entrance) {
    Seen row = entrance.row();
    Draft draft = new Draft(this).techniques(entrance.kind().techniques());
    draft.severity(entrance.severity());
    draft.step(row, Tactic.INITIAL_ACCESS, "made the application " + entrance.what());
    return draft.found(
        row.id(),
        "Way in: " + entrance.kind().title() + " outside any request",
        "At "
            + Phrases.at(row.time())
            + " something made the application "
            + entrance.what()
            + ", on the "
            + row.thread()
            + " and for no request that Whorl knows of."
            + WayInText.through(context.jars(), entrance.libraries(), draft)
            + " What that thread had read just before is what to look at.");
  }
}
