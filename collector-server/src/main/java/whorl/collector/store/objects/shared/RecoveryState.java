package whorl.collector.store.objects.shared;

import java.io.IOException;
import java.time.Duration;
import java.util.Locale;
import whorl.collector.store.database.Database;

/** How far recovery has come, for the collector that continues it. Thread-safe. */
public final class RecoveryState {
  private final Database database;

  public RecoveryState(Database database) {
    this.database = database;
  }

  /** The steps of a pass, in their order. */
  public enum Step {
    RECORDS,
    CUSTODY,
    CATALOG,
    CONTENT,
    TIMELINES,
    DONE;

    String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * Where a pass is.
   *
   * @param position the last id or digest that was looked at; empty at the begin of a step
   * @param sinceEnd since the end of the last complete pass
   */
  public record At(Step step, String position, long pass, Duration sinceEnd) {
    public At next(String after) {
      return after.isEmpty()
          ? new At(Step.values()[step.ordinal() + 1], "", pass, sinceEnd)
          : new At(step, after, pass, sinceEnd);
    }
  }

  public At read() throws IOException {
    return database
        .query(
            "SELECT step, position, pass, "
                + database.nowMillis()
                + " - ended_at FROM recovery_state WHERE id = 1",
            row ->
                new At(
                    Step.valueOf(row.getString(1).toUpperCase(Locale.ROOT)),
                    row.getString(2),
                    row.getLong(3),
                    Duration.ofMillis(row.getLong(4))))
        .get(0);
  }

  /** Begins a pass. */
  public At begin(At last) throws IOException {
    At first = new At(Step.RECORDS, "", last.pass() + 1, last.sinceEnd());
    database.update(
        "UPDATE recovery_state SET begun_at = " + database.nowMillis() + " WHERE id = 1");
    save(first);
    return first;
  }

  /** Saves how far it has come, unless another collector has begun a later pass. */
  public void save(At at) throws IOException {
    database.update(
        "UPDATE recovery_state SET step = ?, position = ?, pass = ?"
            + (at.step() == Step.DONE ? ", ended_at = " + database.nowMillis() : "")
            + " WHERE id = 1 AND pass <= ?",
        at.step().word(),
        at.position(),
        at.pass(),
        at.pass());
  }
}
