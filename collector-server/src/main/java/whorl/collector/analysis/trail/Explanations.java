package whorl.collector.analysis.trail;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import whorl.collector.analysis.kinds.Severity;
import whorl.collector.analysis.rows.Request;
import whorl.collector.analysis.rows.RowContext;
import whorl.collector.analysis.rows.RowStacks;
import whorl.collector.analysis.rows.RowView;
import whorl.collector.analysis.stack.Frames;
import whorl.collector.analysis.stack.Library;
import whorl.collector.analysis.stack.OwnWork;

/**
 * Finds entry points and explains each: by code that was added earlier, or by the library that led
 * to it.
 */
final class Explanations {
  private final CodeArrivals codeArrivals;
  private final RowStacks stacks;
  private final Map<String, Request> requests;

  Explanations(CodeArrivals codeArrivals, RowStacks stacks, Map<String, Request> requests) {
    this.codeArrivals = codeArrivals;
    this.stacks = stacks;
    this.requests = requests;
  }

  /**
   * Returns the entry points, sorted by time.
   *
   * @param candidates rows that may be entry points
   * @param loose rows outside any request that a web shell may have caused
   */
  List<EntryPoint> of(
      List<RowView> candidates, List<RowView> loose, Collection<RaisedAlert> alerts) {
    List<EntryPoint> entryPoints = new ArrayList<>();
    Set<String> explained = new HashSet<>();
    for (RowView row : candidates) {
      String id = row.request();
      Request request = id == null ? null : requests.get(id);
      Frames frames = stacks.of(row);
      EntryPoint found = EntryPoints.of(new RowContext(row, frames, request, codeArrivals.names()));
      if (found != null && !isRestOfAnother(found, entryPoints)) {
        EntryPoint entryPoint = explain(found, frames, request);
        entryPoints.add(entryPoint);
        if (id != null && entryPoint.kind().explains()) {
          explained.add(id);
        }
      }
    }
    for (RowView row : loose) {
      EntryPoint use = use(row, String.valueOf(EntryPoints.phrase(row)), null);
      if (use != null) {
        entryPoints.add(use);
      }
    }
    for (RaisedAlert alert : alerts) {
      String id = alert.request();
      if (id == null) {
        EntryPoint foreign = outsideRequests(alert);
        if (foreign != null && explained.add(foreign.kind() + " on " + alert.row().thread())) {
          entryPoints.add(foreign);
        }
      } else if (!explained.contains(id)) {
        EntryPoint byStack = byStack(alert, requests.get(id));
        if (byStack != null) {
          entryPoints.add(byStack);
        }
      }
    }
    raiseSeverities(entryPoints, alerts);
    entryPoints.sort(Comparator.comparing(point -> point.row().time()));
    return entryPoints;
  }

  /** The agent reports a long expression in pieces; all after the first begin with an ellipsis. */
  private static boolean isRestOfAnother(EntryPoint found, List<EntryPoint> earlier) {
    String source = found.row().field("source");
    String request = found.request();
    return found.kind() == EntryPoint.Kind.EXPRESSION
        && request != null
        && source != null
        && source.startsWith("…")
        && earlier.stream()
            .anyMatch(
                point ->
                    point.kind() == EntryPoint.Kind.EXPRESSION
                        && request.equals(point.request())
                        && String.valueOf(point.row().field("source")).endsWith("…"));
  }

  /** Raises the severity of entry points that use code which a suspect request added. */
  private static void raiseSeverities(
      List<EntryPoint> entryPoints, Collection<RaisedAlert> alerts) {
    Set<String> suspect = new HashSet<>();
    for (RaisedAlert alert : alerts) {
      if (alert.request() != null) {
        suspect.add(alert.request());
      }
    }
    for (EntryPoint entryPoint : entryPoints) {
      if (entryPoint.request() != null && entryPoint.isSuspicious()) {
        suspect.add(entryPoint.request());
      }
    }
    entryPoints.replaceAll(
        point -> {
          CodeArrival cause = point.kind() == EntryPoint.Kind.USE ? point.cause() : null;
          return cause != null && cause.isMalicious(suspect) ? point.atLeast(Severity.HIGH) : point;
        });
  }

  private EntryPoint explain(EntryPoint entryPoint, Frames frames, @Nullable Request request) {
    CodeArrival cause = codeArrivals.cause(entryPoint.row(), frames, request);
    if (cause != null && cause.certain()) {
      return entryPoint.causedBy(cause, true);
    }
    EntryPoint through =
        entryPoint.calledOn(frames).through(Library.through(frames, codeArrivals.names()));
    return cause == null ? through : through.causedBy(cause, false);
  }

  private @Nullable EntryPoint use(RowView row, String phrase, @Nullable Request request) {
    CodeArrival cause = codeArrivals.cause(row, stacks.of(row), request);
    return cause == null || !cause.certain()
        ? null
        : new EntryPoint(EntryPoint.Kind.USE, row, Severity.MEDIUM, phrase).causedBy(cause, true);
  }

  /**
   * Returns an entry point for an alert outside any request if its stack deserializes objects or
   * uses JNDI. Such code has network ports of its own, such as those of a message broker or of RMI.
   */
  private @Nullable EntryPoint outsideRequests(RaisedAlert alert) {
    EntryPoint byStack = throughLibraries(alert);
    return byStack.kind() == EntryPoint.Kind.DESERIALIZATION
            || byStack.kind() == EntryPoint.Kind.JNDI
        ? byStack
        : null;
  }

  /** Explains an alert by its stack if nothing else explains its request. */
  private @Nullable EntryPoint byStack(RaisedAlert alert, @Nullable Request request) {
    EntryPoint use = use(alert.row(), phrase(alert), request);
    if (use != null || OwnWork.isAny(stacks.of(alert.row()), codeArrivals.names())) {
      return use;
    }
    EntryPoint entryPoint = throughLibraries(alert);
    return entryPoint.kind() == EntryPoint.Kind.ALERT ? null : entryPoint;
  }

  private EntryPoint throughLibraries(RaisedAlert alert) {
    return new EntryPoint(EntryPoint.Kind.ALERT, alert.row(), alert.level(), phrase(alert))
        .calledOn(stacks.of(alert.row()))
        .through(Library.through(stacks.of(alert.row()), codeArrivals.names()));
  }

  private static String phrase(RaisedAlert alert) {
    return "do what the rule \"" + alert.rule() + "\" looks for";
  }
}
