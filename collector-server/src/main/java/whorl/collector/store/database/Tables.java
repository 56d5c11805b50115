package whorl.collector.store.database;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The tables of a database as they are, for what copies them: both engines have the same tables
 * with the same columns. Thread-safe.
 */
public final class Tables {
  private final Database database;
  private final boolean postgres;

  public Tables(Database database) {
    this.database = database;
    this.postgres = !database.forUpdate().isEmpty(); // SQLite has no row locks
  }

  /** What a column holds. */
  public enum Type {
    NUMBER,
    TEXT,
    BYTES
  }

  /**
   * A column.
   *
   * @param key its place in the primary key, from 1; 0 if it is not part of it
   * @param counted true if the database gives each new row the next number
   */
  public record Column(String name, Type type, int key, boolean counted) {}

  /** The names of all tables, sorted; without those that the engine keeps for itself. */
  public TreeSet<String> names() throws IOException {
    return new TreeSet<>(
        database.query(
            postgres
                ? "SELECT table_name FROM information_schema.tables WHERE table_schema ="
                    + " current_schema() AND table_type = 'BASE TABLE'"
                // alert_words is an index, which triggers fill
                : "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE"
                    + " 'sqlite_%' AND name NOT LIKE 'alert_words%'",
            row -> row.getString(1)));
  }

  /** The columns of a table in their order; none if there is no such table. */
  public List<Column> columns(String table) throws IOException {
    return postgres ? columnsOfPostgres(table) : columnsOfSqlite(table);
  }

  private List<Column> columnsOfPostgres(String table) throws IOException {
    return database.query(
        "SELECT c.column_name, c.data_type, coalesce(k.ordinal_position, 0), c.is_identity"
            + " FROM information_schema.columns c LEFT JOIN"
            + " (information_schema.table_constraints t JOIN information_schema.key_column_usage k"
            + " ON k.constraint_name = t.constraint_name AND k.table_schema = t.table_schema"
            + " AND k.table_name = t.table_name AND t.constraint_type = 'PRIMARY KEY')"
            + " ON k.table_schema = c.table_schema AND k.table_name = c.table_name"
            + " AND k.column_name = c.column_name"
            + " WHERE c.table_schema = current_schema() AND c.table_name = ?"
            + " ORDER BY c.ordinal_position",
        row ->
            new Column(
                row.getString(1),
                type(row.getString(2)),
                row.getInt(3),
                "YES".equals(row.getString(4))),
        table);
  }

  private List<Column> columnsOfSqlite(String table) throws IOException {
    List<Column> columns =
        database.query(
            "SELECT name, type, pk FROM pragma_table_info(?) ORDER BY cid",
            row -> new Column(row.getString(1), type(row.getString(2)), row.getInt(3), false),
            table);
    List<String> sql =
        database.query(
            "SELECT sql FROM sqlite_master WHERE type = 'table' AND name = ?",
            row -> row.getString(1),
            table);
    boolean counts = !sql.isEmpty() && sql.get(0).contains("AUTOINCREMENT");
    List<Column> withCounts = new ArrayList<>();
    for (Column each : columns) {
      boolean counted = counts && each.key() == 1;
      withCounts.add(new Column(each.name(), each.type(), each.key(), counted));
    }
    return withCounts;
  }

  private static Type type(String declared) {
    return switch (declared.toLowerCase(Locale.ROOT)) {
      case "text", "character varying" -> Type.TEXT;
      case "bytea", "blob" -> Type.BYTES;
      case "smallint", "integer", "bigint" -> Type.NUMBER;
      default -> throw new IllegalArgumentException("no copy of a column of type " + declared);
    };
  }

  /** The last number that this table's counter gave; null if it has given none. */
  public @Nullable Long counter(String table, String column) throws IOException {
    List<Long> last =
        postgres
            ? database.query(
                "SELECT pg_sequence_last_value(CAST(pg_get_serial_sequence(?, ?) AS regclass))",
                row -> {
                  long value = row.getLong(1);
                  return row.wasNull() ? -1L : value;
                },
                table,
                column)
            : database.query(
                "SELECT seq FROM sqlite_sequence WHERE name = ?", row -> row.getLong(1), table);
    return last.isEmpty() || last.get(0) < 0 ? null : last.get(0);
  }

  /** Lets the table's counter go on after this number. */
  public void setCounter(String table, String column, long last) throws IOException {
    if (postgres) {
      database.query(
          "SELECT setval(CAST(pg_get_serial_sequence(?, ?) AS regclass), ?)",
          row -> row.getLong(1),
          table,
          column,
          Math.max(1, last));
      return;
    }
    if (database.update("UPDATE sqlite_sequence SET seq = ? WHERE name = ?", last, table) == 0) {
      database.update("INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)", table, last);
    }
  }
}
