package whorl.collector.store.triage;

import java.io.IOException;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.collector.store.database.Database;
import whorl.evidence.Id;

/**
 * Changes what is decided about alerts. Each change names the version that its author has seen, so
 * that of two people at once the second learns of the first. Thread-safe.
 */
public final class Triage {
  /** How much can be done with one group, comments included. */
  public static final int ACTS_MAX = 500;

  private final Database database;
  private final GroupRows rows;
  private final InstantSource clock;
  private volatile Listener listener = (group, state) -> {};

  public Triage(Database database, InstantSource clock) {
    this.database = database;
    this.rows = new GroupRows(database);
    this.clock = clock;
  }

  /** Is called with each group that people close, in the transaction that does it. */
  @FunctionalInterface
  public interface Listener {
    /**
     * May be called more than once for a change: a transaction that failed runs again.
     *
     * @param group as it was before
     */
    void closed(AlertGroup group, TriageState state) throws IOException;
  }

  /** From now on, this is called. */
  public void setListener(Listener called) {
    listener = called;
  }

  /**
   * What somebody wants to change; null means unchanged.
   *
   * @param assignee empty for nobody
   * @param version the version that its author has seen; null for whatever there is
   */
  public record Change(
      @Nullable TriageState state,
      @Nullable String assignee,
      @Nullable String comment,
      @Nullable Long version) {}

  /** What became of a change. */
  public sealed interface Outcome {
    /** It was made, or there was nothing to change. */
    record Done() implements Outcome {}

    /** There is no such group or alert. */
    record NotFound() implements Outcome {}

    /** Somebody else has changed it before. */
    record Changed(long version, TriageState state, @Nullable String assignee) implements Outcome {}

    /** The history of the alert is full, so this was not done. */
    record Full() implements Outcome {}
  }

  /**
   * Runs before a change is made, unless there is nothing to change, and outside of transactions,
   * because it may write elsewhere. If the outcome is not {@link Outcome.Done} then, the change was
   * not made after all.
   */
  @FunctionalInterface
  public interface FirstStep {
    /**
     * @param acts what is to be done
     */
    void run(AlertGroup group, List<AlertAct> acts) throws IOException;
  }

  /** Changes a group with all its alerts. */
  public Outcome ofGroup(Id group, Change change, String by, FirstStep first) throws IOException {
    AlertGroup before = rows.find(group);
    if (before == null) {
      return new Outcome.NotFound();
    }
    ActWriter acts = new ActWriter(rows, before, null, by, clock.instant());
    acts.add(change, before.state(), before.assignee());
    Outcome refused = refused(change, before.version(), before.state(), before.assignee());
    if (refused != null || acts.isEmpty()) {
      return refused == null ? new Outcome.Done() : refused;
    }
    if (isFull(before.id())) {
      return new Outcome.Full();
    }
    first.run(before, acts.acts());
    return database.inTransaction(
        () -> {
          AlertGroup now = rows.lock(group.value());
          if (now == null) {
            return new Outcome.NotFound();
          }
          if (acts.changesState()) {
            if (now.version() != before.version()) {
              return new Outcome.Changed(now.version(), now.state(), now.assignee());
            }
            String assignee = assignee(change, now.assignee());
            TriageState state = change.state() == null ? now.state() : change.state();
            updateAlerts(group, change, state, assignee);
            update(group, state, assignee);
            closed(now, state);
          }
          acts.write();
          return new Outcome.Done();
        });
  }

  /** Changes one alert of a group; the group is as unfinished as its least finished alert. */
  public Outcome ofAlert(Id alert, Change change, String by, FirstStep first) throws IOException {
    Seen before = seen(alert);
    AlertGroup group = before == null ? null : rows.find(before.group());
    if (before == null || group == null) {
      return new Outcome.NotFound();
    }
    ActWriter acts = new ActWriter(rows, group, alert, by, clock.instant());
    acts.add(change, before.state(), before.assignee());
    Outcome refused = refused(change, before.version(), before.state(), before.assignee());
    if (refused != null || acts.isEmpty()) {
      return refused == null ? new Outcome.Done() : refused;
    }
    if (isFull(group.id())) {
      return new Outcome.Full();
    }
    first.run(group, acts.acts());
    return database.inTransaction(
        () -> {
          AlertGroup locked = rows.lock(group.id().value());
          Seen now = locked == null ? null : seen(alert);
          if (locked == null || now == null) {
            return new Outcome.NotFound();
          }
          if (acts.changesState()) {
            if (now.version() != before.version()) {
              return new Outcome.Changed(now.version(), now.state(), now.assignee());
            }
            updateAlert(alert, change, now);
            TriageState least = rows.leastFinished(group.id());
            TriageState state = least == null ? locked.state() : least;
            update(group.id(), state, locked.assignee());
            closed(locked, state);
          }
          acts.write();
          return new Outcome.Done();
        });
  }

  private void closed(AlertGroup before, TriageState now) throws IOException {
    if (now.isClosed() && !before.state().isClosed()) {
      listener.closed(before, now);
    }
  }

  private void updateAlert(Id alert, Change change, Seen now) throws IOException {
    TriageState state = change.state() == null ? now.state() : change.state();
    int unused =
        database.update(
            "UPDATE alert_triage SET state = ?, assignee = ?, version = version + 1 WHERE id = ?",
            state.word(),
            assignee(change, now.assignee()),
            alert.value());
  }

  private record Seen(Id group, TriageState state, @Nullable String assignee, long version) {}

  private @Nullable Seen seen(Id alert) throws IOException {
    List<Seen> found =
        database.query(
            "SELECT group_id, state, assignee, version FROM alert_triage WHERE id = ?",
            row ->
                new Seen(
                    new Id(row.getString(1)),
                    TriageState.of(row.getString(2)),
                    row.getString(3),
                    row.getLong(4)),
            alert.value());
    return found.isEmpty() ? null : found.get(0);
  }

  /** A comment alone changes nothing that somebody else may have changed. */
  private static @Nullable Outcome refused(
      Change change, long version, TriageState state, @Nullable String assignee) {
    boolean decides = change.state() != null || change.assignee() != null;
    Long seen = change.version();
    return decides && seen != null && seen != version
        ? new Outcome.Changed(version, state, assignee)
        : null;
  }

  private boolean isFull(Id group) throws IOException {
    return database
            .query(
                "SELECT count(*) FROM alert_acts WHERE group_id = ?",
                row -> row.getLong(1),
                group.value())
            .get(0)
        >= ACTS_MAX;
  }

  private static @Nullable String assignee(Change change, @Nullable String before) {
    String wanted = change.assignee();
    return wanted == null ? before : wanted.isEmpty() ? null : wanted;
  }

  /** Alerts that were decided one by one keep what the change does not name. */
  private void updateAlerts(Id group, Change change, TriageState state, @Nullable String assignee)
      throws IOException {
    if (change.state() != null) {
      int unused =
          database.update(
              "UPDATE alert_triage SET state = ?, version = version + 1 WHERE group_id = ?",
              state.word(),
              group.value());
    }
    if (change.assignee() != null) {
      int unused =
          database.update(
              "UPDATE alert_triage SET assignee = ?, version = version + 1 WHERE group_id = ?",
              assignee,
              group.value());
    }
  }

  private void update(Id group, TriageState state, @Nullable String assignee) throws IOException {
    int unused =
        database.update(
            "UPDATE alert_groups SET state = ?, assignee = ?, version = version + 1 WHERE id = ?",
            state.word(),
            assignee,
            group.value());
  }
}
