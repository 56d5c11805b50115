package whorl.collector.store.views;

import java.io.IOException;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.collector.store.database.Database;
import whorl.collector.store.database.ResultRow;
import whorl.evidence.Id;

/** The saved views, beside the cases. Bounded: at most a hundred of each person. Thread-safe. */
public final class ViewLedger {
  /** The maximum number of views of one person. */
  public static final int MAX = 100;

  private static final int SHARED_MAX = 1_000;
  private static final String COLUMNS = "id, who, kind, name, query, shared, changed_at";

  private final Database database;

  public ViewLedger(Database database) {
    this.database = database;
  }

  /** False if the person has too many. */
  public boolean add(SavedView view) throws IOException {
    return database.update(
            "INSERT INTO saved_views (id, who, kind, name, query, shared, changed_at)"
                + " SELECT ?, ?, ?, ?, ?, ?, ?"
                + " WHERE (SELECT count(*) FROM saved_views WHERE who = ?) < ?",
            view.id().value(),
            view.by(),
            view.kind(),
            view.name(),
            view.query(),
            view.shared() ? 1 : 0,
            view.changedAt().toEpochMilli(),
            view.by(),
            MAX)
        > 0;
  }

  /** Changes name, query and sharing. False if there is none with this id. */
  public boolean change(SavedView view) throws IOException {
    return database.update(
            "UPDATE saved_views SET name = ?, query = ?, shared = ?, changed_at = ? WHERE id = ?",
            view.name(),
            view.query(),
            view.shared() ? 1 : 0,
            view.changedAt().toEpochMilli(),
            view.id().value())
        > 0;
  }

  /** False if there is none with this id. */
  public boolean remove(Id view) throws IOException {
    return database.update("DELETE FROM saved_views WHERE id = ?", view.value()) > 0;
  }

  /** The view, or null. */
  public @Nullable SavedView find(Id view) throws IOException {
    List<SavedView> found =
        database.query(
            "SELECT " + COLUMNS + " FROM saved_views WHERE id = ?", ViewLedger::read, view.value());
    return found.isEmpty() ? null : found.get(0);
  }

  /**
   * Those of this person, by name, and then those that others share, at most a thousand.
   *
   * @param kind null for all
   */
  public List<SavedView> list(String by, @Nullable String kind) throws IOException {
    String wanted = kind == null ? "" : kind;
    return database.query(
        "SELECT "
            + COLUMNS
            + " FROM saved_views WHERE (who = ? OR shared = 1) AND (? = '' OR kind = ?)"
            + " ORDER BY CASE WHEN who = ? THEN 0 ELSE 1 END, name, id LIMIT ?",
        ViewLedger::read,
        by,
        wanted,
        wanted,
        by,
        MAX + SHARED_MAX);
  }

  private static SavedView read(ResultRow row) throws SQLException {
    return new SavedView(
        new Id(row.getString(1)),
        row.getString(2),
        row.getString(3),
        row.getString(4),
        row.getString(5),
        row.getInt(6) == 1,
        Instant.ofEpochMilli(row.getLong(7)));
  }
}
