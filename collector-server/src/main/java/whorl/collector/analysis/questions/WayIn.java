package whorl.collector.analysis.questions;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import whorl.collector.analysis.findings.FindingBuilder;
import whorl.collector.analysis.findings.ReportedFinding;
import whorl.collector.analysis.findings.Subject;
import whorl.collector.analysis.kinds.Severity;
import whorl.collector.analysis.kinds.Tactic;
import whorl.collector.analysis.kinds.Technique;
import whorl.collector.analysis.rows.Phrases;
import whorl.collector.analysis.rows.Request;
import whorl.collector.analysis.rows.RowDispatcher;
import whorl.collector.analysis.rows.RowView;
import whorl.collector.analysis.stack.Library;
import whorl.collector.analysis.trail.AnalysisContext;
import whorl.collector.analysis.trail.CodeArrival;
import whorl.collector.analysis.trail.EntryPoint;
import whorl.collector.analysis.trail.EntryPoints;
import whorl.collector.analysis.trail.RaisedAlert;
import whorl.collector.analysis.trail.Trail;

/**
 * Reports how the intruder came in: by which requests, or outside requests, by which events. Use of
 * code that was added earlier is reported with the request that added it.
 */
public final class WayIn implements Analysis {
  private static final int FINDINGS_MAX = 20;

  @Override
  public String name() {
    return "way-in";
  }

  /** Requests that did the same. */
  record Group(
      EntryPoint.Kind kind,
      @Nullable CodeArrival cause,
      List<Request> requests,
      List<EntryPoint> entryPoints) {
    Request first() {
      return requests.get(0);
    }

    /** The entry points of this kind. */
    List<EntryPoint> ofKind() {
      return entryPoints.stream().filter(point -> point.kind() == kind).toList();
    }

    /** The libraries on the stacks, the one that received the request's text first. */
    Set<Library.Use> libraries() {
      Map<Library, Library.Use> uses = new LinkedHashMap<>();
      for (EntryPoint entryPoint : entryPoints) {
        entryPoint.libraries().forEach(use -> uses.putIfAbsent(use.library(), use));
      }
      return new LinkedHashSet<>(uses.values());
    }

    /** Returns earlier added code that may be the cause, or null. */
    @Nullable CodeArrival possibleCause() {
      return cause != null
          ? null
          : entryPoints.stream()
              .map(EntryPoint::cause)
              .filter(arrival -> arrival != null)
              .findFirst()
              .orElse(null);
    }
  }

  @Override
  public Conclusion subscribe(AnalysisContext context, RowDispatcher rowDispatcher)
      throws IOException {
    Trail trail = context.trail();
    Map<String, List<EntryPoint>> byRequest = new HashMap<>();
    Map<String, Group> threads = new LinkedHashMap<>();
    List<EntryPoint> others = new ArrayList<>();
    Set<CodeArrival> used = new LinkedHashSet<>();
    for (EntryPoint entryPoint : trail.entryPoints()) {
      String request = entryPoint.request();
      CodeArrival cause = entryPoint.kind() == EntryPoint.Kind.USE ? entryPoint.cause() : null;
      if (cause != null) {
        used.add(cause);
      }
      if (request != null) {
        byRequest.computeIfAbsent(request, any -> new ArrayList<>()).add(entryPoint);
      } else if (cause != null) {
        threads
            .computeIfAbsent(
                cause.name() + " " + entryPoint.row().thread(),
                any -> new Group(EntryPoint.Kind.USE, cause, List.of(), new ArrayList<>()))
            .entryPoints()
            .add(entryPoint);
      } else {
        others.add(entryPoint);
      }
    }
    List<ReportedFinding> results = new ArrayList<>();
    for (Map.Entry<String, Group> group : groups(trail, byRequest).entrySet()) {
      if (results.size() < FINDINGS_MAX) {
        results.add(byRequests(context, group.getKey(), group.getValue(), used));
      }
    }
    threads.forEach(
        (key, group) -> {
          if (results.size() < FINDINGS_MAX) {
            results.add(byThread(trail, key, group));
          }
        });
    for (EntryPoint entryPoint : others) {
      if (results.size() < FINDINGS_MAX) {
        results.add(outsideRequests(context, entryPoint));
      }
    }
    return () -> results;
  }

  /** Groups the requests by what they did, sorted by the time at which they began. */
  private static Map<String, Group> groups(Trail trail, Map<String, List<EntryPoint>> byRequest) {
    Map<String, Group> groups = new LinkedHashMap<>();
    for (Request request : trail.suspectRequests()) {
      List<EntryPoint> points = byRequest.getOrDefault(request.id(), List.of());
      EntryPoint.Kind kind =
          points.stream().map(EntryPoint::kind).min(Enum::compareTo).orElse(EntryPoint.Kind.ALERT);
      CodeArrival cause =
          kind != EntryPoint.Kind.USE
              ? null
              : points.stream()
                  .filter(point -> point.kind() == kind)
                  .map(EntryPoint::cause)
                  .findFirst()
                  .orElse(null);
      String key = kind + " " + (cause == null ? "" : cause.name() + " ") + request.line();
      Group group =
          groups.computeIfAbsent(
              key, any -> new Group(kind, cause, new ArrayList<>(), new ArrayList<>()));
      group.requests().add(request);
      group.entryPoints().addAll(points);
    }
    return groups;
  }

  private ReportedFinding byRequests(
      AnalysisContext context, String key, Group group, Set<CodeArrival> used) throws IOException {
    Trail trail = context.trail();
    FindingBuilder builder = new FindingBuilder(name()).techniques(group.kind().techniques());
    List<CodeArrival> added = new ArrayList<>();
    for (Request request : group.requests()) {
      builder.subject(request);
      builder.subject(Subject.Kind.ADDRESS, request.forwardedFor());
      CodeArrival cause = group.cause();
      builder.step(
          request.row(),
          request.began(),
          cause == null ? Tactic.INITIAL_ACCESS : Tactic.EXECUTION,
          request.line()
              + (request.source() == null ? "" : " from " + Phrases.cut(request.source(), 60))
              + (cause == null ? "" : ", which used " + cause.described()));
      if (trail.ranCode().contains(request.id())) {
        builder.severity(Severity.CRITICAL);
      }
      used.stream()
          .filter(arrival -> arrival.isFrom(request) && !added.contains(arrival))
          .forEach(added::add);
    }
    group.entryPoints().forEach(point -> cite(builder, point));
    for (RaisedAlert alert : trail.alerts()) {
      if (group.requests().stream().anyMatch(request -> request.id().equals(alert.request()))) {
        builder
            .row(alert.row())
            .severity(group.kind() == EntryPoint.Kind.ALERT ? alert.level() : builder.severity());
      }
    }
    if (!added.isEmpty()) {
      // code that it added ran later
      builder.severity(Severity.CRITICAL);
    }
    if (!group.kind().explains() && group.kind() != EntryPoint.Kind.FILE_READ) {
      builder.severity(group.kind() == EntryPoint.Kind.ALERT ? Severity.MEDIUM : Severity.HIGH);
    }
    String text = new WayInText(context, group, builder).text(added);
    return builder.build(key, title(group), text);
  }

  private static void cite(FindingBuilder builder, EntryPoint entryPoint) {
    builder.severity(entryPoint.severity());
    for (Library.Use use : entryPoint.libraries()) {
      use.library().techniques().forEach(id -> builder.technique(Technique.of(id)));
    }
    boolean isStep =
        switch (entryPoint.kind()) {
          case JNDI, DESERIALIZATION, EXPRESSION, XML_ENTITY, REMOTE_CODE, BEANS, JDBC, DATABASE ->
              // other analyses report programs, classes and files
              EntryPoints.explainsItself(entryPoint.row());
          default -> false;
        };
    if (isStep) {
      builder.step(
          entryPoint.row(),
          entryPoint.kind() == EntryPoint.Kind.EXPRESSION
              ? Tactic.EXECUTION
              : Tactic.INITIAL_ACCESS,
          "made the application " + entryPoint.phrase());
    } else {
      builder.row(entryPoint.row());
    }
  }

  private static String title(Group group) {
    String line = group.first().line();
    CodeArrival cause = group.cause();
    if (cause != null) {
      return "Use of " + cause.described() + " through " + line;
    }
    return switch (group.kind()) {
      case ALERT -> "A request raised an alert: " + line;
      case FILE_READ -> "A request read a file that matters: " + line;
      default -> "Way in: " + group.kind().title() + " through " + line;
    };
  }

  private ReportedFinding byThread(Trail trail, String key, Group group) {
    FindingBuilder builder =
        new FindingBuilder(name())
            .severity(Severity.CRITICAL)
            .techniques(group.kind().techniques());
    List<String> phrases = new ArrayList<>();
    for (EntryPoint entryPoint : group.entryPoints()) {
      builder.row(entryPoint.row());
      phrases.add(entryPoint.phrase());
    }
    CodeArrival cause = group.cause();
    RowView first = group.entryPoints().get(0).row();
    return builder.build(
        key,
        "Use of " + (cause == null ? "" : cause.described()) + " by the " + first.thread(),
        "At "
            + Phrases.at(first.time())
            + " the "
            + first.thread()
            + ", for no request that Whorl knows of, made the application "
            + WayInText.join(phrases)
            + "."
            + (cause == null ? "" : " " + CodeArrivalText.describe(builder, trail, cause)));
  }

  private ReportedFinding outsideRequests(AnalysisContext context, EntryPoint entryPoint) {
    RowView row = entryPoint.row();
    FindingBuilder builder = new FindingBuilder(name()).techniques(entryPoint.kind().techniques());
    builder.severity(entryPoint.severity());
    builder.step(row, Tactic.INITIAL_ACCESS, "made the application " + entryPoint.phrase());
    return builder.build(
        row.id(),
        "Way in: " + entryPoint.kind().title() + " outside any request",
        "At "
            + Phrases.at(row.time())
            + " something made the application "
            + entryPoint.phrase()
            + ", on the "
            + row.thread()
            + " and for no request that Whorl knows of."
            + WayInText.through(
                context.jars(), entryPoint.libraries(), List.of(entryPoint), builder)
            + " Check what that thread read just before.");
  }
}
