package whorl.collector.analysis;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import whorl.collector.analysis.stack.Frames;
import whorl.collector.analysis.stack.Library;
import whorl.collector.analysis.stack.OwnWork;

/** Ways in with what explains them: what came in before, or the library that led to it. */
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
   * The ways in, in the order of time.
   *
   * @param candidates rows that may be ways in
   * @param loose rows of no request that may be a shell's
   */
  List<EntryPoint> of(
      List<RowView> candidates, List<RowView> loose, Collection<RaisedAlert> alerts) {
    List<EntryPoint> entrances = new ArrayList<>();
    Set<String> explained = new HashSet<>();
    for (RowView row : candidates) {
      String id = row.request();
      Request request = id == null ? null : requests.get(id);
      Frames frames = stacks.of(row);
      EntryPoint told = EntryPoints.of(new RowContext(row, frames, request, codeArrivals.names()));
      if (told != null) {
        EntryPoint entryPoint = explained(told, frames, request);
        entrances.add(entryPoint);
        if (id != null && entryPoint.kind().explains()) {
          explained.add(id);
        }
      }
    }
    for (RowView row : loose) {
      EntryPoint use = use(row, String.valueOf(EntryPoints.deed(row)), null);
      if (use != null) {
        entrances.add(use);
      }
    }
    for (RaisedAlert alert : alerts) {
      String id = alert.request();
      if (id == null) {
        EntryPoint foreign = ofNoRequest(alert);
        if (foreign != null && explained.add(foreign.kind() + " on " + alert.row().thread())) {
          entrances.add(foreign);
        }
      } else if (!explained.contains(id)) {
        EntryPoint byStack = byStack(alert, requests.get(id));
        if (byStack != null) {
          entrances.add(byStack);
        }
      }
    }
    raise(entrances, alerts);
    entrances.sort(Comparator.comparing(each -> each.row().time()));
    return entrances;
  }

  /** What uses something that a suspect request brought in is as suspect. */
  private static void raise(List<EntryPoint> entrances, Collection<RaisedAlert> alerts) {
    Set<String> suspect = new HashSet<>();
    for (RaisedAlert alert : alerts) {
      if (alert.request() != null) {
        suspect.add(alert.request());
      }
    }
    for (EntryPoint entryPoint : entrances) {
      if (entryPoint.request() != null && entryPoint.suspicious()) {
        suspect.add(entryPoint.request());
      }
    }
    entrances.replaceAll(
        each -> {
          CodeArrival by = each.kind() == EntryPoint.Kind.USE ? each.by() : null;
          return by != null && by.isGrave(suspect) ? each.severity(Severity.HIGH) : each;
        });
  }

  private EntryPoint explained(EntryPoint entryPoint, Frames frames, @Nullable Request request) {
    CodeArrival by = codeArrivals.usedBy(entryPoint.row(), frames, request);
    if (by != null && by.certain()) {
      return entryPoint.usedBy(by, true);
    }
    EntryPoint through = entryPoint.through(Library.through(frames, codeArrivals.names()));
    return by == null ? through : through.usedBy(by, false);
  }

  private @Nullable EntryPoint use(RowView row, String what, @Nullable Request request) {
    CodeArrival by = codeArrivals.usedBy(row, stacks.of(row), request);
    return by == null || !by.certain()
        ? null
        : new EntryPoint(EntryPoint.Kind.USE, row, Severity.MEDIUM, what).usedBy(by, true);
  }

  /**
   * An alert of no request below what reads foreign objects or asks a naming service: these have
   * doors of their own, such as a message broker's or RMI's.
   */
  private @Nullable EntryPoint ofNoRequest(RaisedAlert alert) {
    EntryPoint byStack = throughLibraries(alert);
    return byStack.kind() == EntryPoint.Kind.DESERIALIZATION
            || byStack.kind() == EntryPoint.Kind.JNDI
        ? byStack
        : null;
  }

  /** What the stack of an alert tells where nothing else explains its request. */
  private @Nullable EntryPoint byStack(RaisedAlert alert, @Nullable Request request) {
    EntryPoint use = use(alert.row(), deed(alert), request);
    if (use != null || OwnWork.any(stacks.of(alert.row()), codeArrivals.names())) {
      return use;
    }
    EntryPoint entryPoint = throughLibraries(alert);
    return entryPoint.kind() == EntryPoint.Kind.ALERT ? null : entryPoint;
  }

  private EntryPoint throughLibraries(RaisedAlert alert) {
    return new EntryPoint(EntryPoint.Kind.ALERT, alert.row(), alert.level(), deed(alert))
        .through(Library.through(stacks.of(alert.row()), codeArrivals.names()));
  }

  private static String deed(RaisedAlert alert) {
    return "do what the rule \"" + alert.rule() + "\" looks for";
  }
}
