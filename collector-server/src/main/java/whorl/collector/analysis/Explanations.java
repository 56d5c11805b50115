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
  private final Comings comings;
  private final RowStacks stacks;
  private final Map<String, Request> requests;

  Explanations(Comings comings, RowStacks stacks, Map<String, Request> requests) {
    this.comings = comings;
    this.stacks = stacks;
    this.requests = requests;
  }

  /**
   * The ways in, in the order of time.
   *
   * @param candidates rows that may be ways in
   * @param loose rows of no request that may be a shell's
   */
  List<Entrance> of(List<Seen> candidates, List<Seen> loose, Collection<Raised> alerts) {
    List<Entrance> entrances = new ArrayList<>();
    Set<String> explained = new HashSet<>();
    for (Seen row : candidates) {
      String id = row.request();
      Request request = id == null ? null : requests.get(id);
      Frames frames = stacks.of(row);
      Entrance told = Entrances.of(new Sight(row, frames, request, comings.names()));
      if (told != null) {
        Entrance entrance = explained(told, frames, request);
        entrances.add(entrance);
        if (id != null && entrance.kind().explains()) {
          explained.add(id);
        }
      }
    }
    for (Seen row : loose) {
      Entrance use = use(row, String.valueOf(Entrances.deed(row)), null);
      if (use != null) {
        entrances.add(use);
      }
    }
    for (Raised alert : alerts) {
      String id = alert.request();
      if (id == null) {
        Entrance foreign = ofNoRequest(alert);
        if (foreign != null && explained.add(foreign.kind() + " on " + alert.row().thread())) {
          entrances.add(foreign);
        }
      } else if (!explained.contains(id)) {
        Entrance byStack = byStack(alert, requests.get(id));
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
  private static void raise(List<Entrance> entrances, Collection<Raised> alerts) {
    Set<String> suspect = new HashSet<>();
    for (Raised alert : alerts) {
      if (alert.request() != null) {
        suspect.add(alert.request());
      }
    }
    for (Entrance entrance : entrances) {
      if (entrance.request() != null && entrance.suspicious()) {
        suspect.add(entrance.request());
      }
    }
    entrances.replaceAll(
        each -> {
          Coming by = each.kind() == Entrance.Kind.USE ? each.by() : null;
          return by != null && by.isGrave(suspect) ? each.severity(Severity.HIGH) : each;
        });
  }

  private Entrance explained(Entrance entrance, Frames frames, @Nullable Request request) {
    Coming by = comings.usedBy(entrance.row(), frames, request);
    if (by != null && by.certain()) {
      return entrance.usedBy(by, true);
    }
    Entrance through = entrance.through(Library.through(frames, comings.names()));
    return by == null ? through : through.usedBy(by, false);
  }

  private @Nullable Entrance use(Seen row, String what, @Nullable Request request) {
    Coming by = comings.usedBy(row, stacks.of(row), request);
    return by == null || !by.certain()
        ? null
        : new Entrance(Entrance.Kind.USE, row, Severity.MEDIUM, what).usedBy(by, true);
  }

  /**
   * An alert of no request below what reads foreign objects or asks a naming service: these have
   * doors of their own, such as a message broker's or RMI's.
   */
  private @Nullable Entrance ofNoRequest(Raised alert) {
    Entrance byStack = throughLibraries(alert);
    return byStack.kind() == Entrance.Kind.DESERIALIZATION || byStack.kind() == Entrance.Kind.JNDI
        ? byStack
        : null;
  }

  /** What the stack of an alert tells where nothing else explains its request. */
  private @Nullable Entrance byStack(Raised alert, @Nullable Request request) {
    Entrance use = use(alert.row(), deed(alert), request);
    if (use != null || OwnWork.any(stacks.of(alert.row()), comings.names())) {
      return use;
    }
    Entrance entrance = throughLibraries(alert);
    return entrance.kind() == Entrance.Kind.ALERT ? null : entrance;
  }

  private Entrance throughLibraries(Raised alert) {
    return new Entrance(Entrance.Kind.ALERT, alert.row(), alert.level(), deed(alert))
        .through(Library.through(stacks.of(alert.row()), comings.names()));
  }

  private static String deed(Raised alert) {
    return "do what the rule \"" + alert.rule() + "\" looks for";
  }
}
