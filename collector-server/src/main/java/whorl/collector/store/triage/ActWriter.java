package whorl.collector.store.triage;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import whorl.evidence.Id;

/** The acts of one change. Not safe for use by several threads. */
final class ActWriter {
  private final GroupRows rows;
  private final AlertGroup group;
  private final @Nullable Id alert;
  private final String by;
  private final Instant at;
  private final List<AlertAct> acts = new ArrayList<>();

  /**
   * @param alert null if the change is about the whole group
   */
  ActWriter(GroupRows rows, AlertGroup group, @Nullable Id alert, String by, Instant at) {
    this.rows = rows;
    this.group = group;
    this.alert = alert;
    this.by = by;
    this.at = at;
  }

  /** Adds what the change does to what was before. */
  void add(Triage.Change change, TriageState state, @Nullable String assignee) {
    if (change.state() != null && change.state() != state) {
      add(AlertAct.Kind.STATE, change.state().word());
    }
    String wanted = change.assignee();
    if (wanted != null && !wanted.equals(Objects.requireNonNullElse(assignee, ""))) {
      add(AlertAct.Kind.ASSIGNEE, wanted);
    }
    if (change.comment() != null) {
      add(AlertAct.Kind.COMMENT, change.comment());
    }
  }

  private void add(AlertAct.Kind kind, String text) {
    acts.add(new AlertAct(Id.next(() -> at), alert, at, by, kind, text));
  }

  /** True if the state or the assignee is another one afterwards. */
  boolean changesState() {
    return acts.stream().anyMatch(act -> act.act() != AlertAct.Kind.COMMENT);
  }

  /** True if the change changes nothing. */
  boolean isEmpty() {
    return acts.isEmpty();
  }

  List<AlertAct> acts() {
    return List.copyOf(acts);
  }

  /** Writes the acts. */
  void write() throws IOException {
    for (AlertAct act : acts) {
      rows.add(group.id(), act);
    }
  }
}
