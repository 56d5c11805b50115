package whorl.collector.store.schedules;

import java.io.IOException;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.collector.store.database.Database;
import whorl.evidence.Json;

/** The schedules, and when each is due. Thread-safe; of several collectors one takes each turn. */
public final class ScheduleLedger {
  private static final int MAX = 100;

  private final Database database;

  public ScheduleLedger(Database database) {
    this.database = database;
  }

  /** A schedule and its next turn. */
  public record Entry(Schedule schedule, Instant next) {}

  /** The schedule with this name; null if there is none. */
  public @Nullable Schedule find(String name) throws IOException {
    List<Entry> found = entries("SELECT schedule, next_millis FROM schedules WHERE name = ?", name);
    return found.isEmpty() ? null : found.get(0).schedule();
  }

  /** True if one of this name can be made or replaced. */
  public boolean hasRoom(String name) throws IOException {
    return database
            .query("SELECT count(*) FROM schedules WHERE name <> ?", row -> row.getInt(1), name)
            .get(0)
        < MAX;
  }

  /** Makes or replaces one. False if there are too many. */
  public boolean put(Schedule schedule, Instant next) throws IOException {
    return database.update(
            "INSERT INTO schedules (name, schedule, next_millis) SELECT ?, ?, ?"
                + " WHERE (SELECT count(*) FROM schedules WHERE name <> ?) < ?"
                + " ON CONFLICT (name) DO UPDATE SET schedule = excluded.schedule,"
                + " next_millis = excluded.next_millis",
            schedule.name(),
            Json.text(schedule),
            next.toEpochMilli(),
            schedule.name(),
            MAX)
        > 0;
  }

  /** False if there is none with this name. */
  public boolean remove(String name) throws IOException {
    return database.update("DELETE FROM schedules WHERE name = ?", name) > 0;
  }

  /** All, by name. */
  public List<Entry> all() throws IOException {
    return entries("SELECT schedule, next_millis FROM schedules ORDER BY name");
  }

  /** Those that are due. */
  public List<Entry> due(Instant now) throws IOException {
    return entries(
        "SELECT schedule, next_millis FROM schedules WHERE next_millis <= ? ORDER BY next_millis",
        now.toEpochMilli());
  }

  /** Takes the turn of an entry as it was read. False if another collector has taken it. */
  public boolean take(Entry entry, Instant next) throws IOException {
    return database.update(
            "UPDATE schedules SET next_millis = ? WHERE name = ? AND next_millis = ?",
            next.toEpochMilli(),
            entry.schedule().name(),
            entry.next().toEpochMilli())
        > 0;
  }

  /**
   * Gives back a turn that was taken and not used, so that it is due again. Does nothing if the
   * schedule has changed since.
   *
   * @param entry as it was taken
   * @param next as it was given to {@link #take}
   */
  public void giveBack(Entry entry, Instant next) throws IOException {
    int unused =
        database.update(
            "UPDATE schedules SET next_millis = ? WHERE name = ? AND next_millis = ?",
            entry.next().toEpochMilli(),
            entry.schedule().name(),
            next.toEpochMilli());
  }

  private List<Entry> entries(String sql, @Nullable Object... arguments) throws IOException {
    return database.query(
        sql,
        row ->
            new Entry(
                Json.LENIENT.readValue(row.getString(1), Schedule.class),
                Instant.ofEpochMilli(row.getLong(2))),
        arguments);
  }
}
