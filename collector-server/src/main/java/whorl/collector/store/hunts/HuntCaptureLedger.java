package whorl.collector.store.hunts;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.collector.store.database.Database;
import whorl.evidence.Id;

/** Captures whose evidence goes into a case once it is sealed. Thread-safe. */
public final class HuntCaptureLedger {
  private final Database database;

  public HuntCaptureLedger(Database database) {
    this.database = database;
  }

  /**
   * A capture that waits for its evidence.
   *
   * @param actor who asked for it, as in custody
   */
  public record Awaited(Id capture, Id hunt, Id ofCase, String actor) {}

  public void add(Collection<Awaited> captures, Instant now) throws IOException {
    List<@Nullable Object[]> rows = new ArrayList<>();
    for (Awaited each : captures) {
      rows.add(
          new @Nullable Object[] {
            each.capture().value(),
            each.hunt().value(),
            each.ofCase().value(),
            each.actor(),
            now.toEpochMilli()
          });
    }
    int[] unused =
        database.updateAll(
            "INSERT INTO hunt_captures (capture, hunt, of_case, actor, asked_millis)"
                + " VALUES (?, ?, ?, ?, ?) ON CONFLICT (capture) DO NOTHING",
            rows);
  }

  /** The oldest ones, at most so many after this capture. */
  public List<Awaited> list(String after, int limit) throws IOException {
    return database.query(
        "SELECT capture, hunt, of_case, actor FROM hunt_captures WHERE capture > ?"
            + " ORDER BY capture LIMIT ?",
        row ->
            new Awaited(
                new Id(row.getString(1)),
                new Id(row.getString(2)),
                new Id(row.getString(3)),
                row.getString(4)),
        after,
        limit);
  }

  public void remove(Id capture) throws IOException {
    database.update("DELETE FROM hunt_captures WHERE capture = ?", capture.value());
  }
}
