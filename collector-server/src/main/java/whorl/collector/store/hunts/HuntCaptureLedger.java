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

  /**
   * A capture whose wait is over.
   *
   * @param evidence that was sealed; null if none comes any more
   */
  public record Ended(Awaited awaited, @Nullable Id evidence) {}

  /**
   * Captures whose evidence is sealed, that are forgotten, or that were asked for before {@code
   * oldest}. A capture that has failed may still be sealed, because its agent may come back. What
   * an agent names as its evidence before that may be any.
   *
   * @param after the last capture of the previous call; at first an empty text
   */
  public List<Ended> ended(Instant oldest, String after, int limit) throws IOException {
    return database.query(
        "SELECT h.capture, h.hunt, h.of_case, h.actor,"
            + " CASE WHEN c.sealed_at IS NULL THEN NULL ELSE c.evidence END"
            + " FROM hunt_captures h LEFT JOIN captures c ON c.id = h.capture WHERE h.capture > ?"
            + " AND (c.id IS NULL OR c.sealed_at IS NOT NULL OR h.asked_millis < ?)"
            + " ORDER BY h.capture LIMIT ?",
        row -> {
          String evidence = row.getString(5);
          return new Ended(
              new Awaited(
                  new Id(row.getString(1)),
                  new Id(row.getString(2)),
                  new Id(row.getString(3)),
                  row.getString(4)),
              evidence == null ? null : new Id(evidence));
        },
        after,
        oldest.toEpochMilli(),
        limit);
  }

  public void remove(Id capture) throws IOException {
    database.update("DELETE FROM hunt_captures WHERE capture = ?", capture.value());
  }
}
