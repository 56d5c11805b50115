package whorl.collector.migrate;

import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import whorl.collector.store.database.Database;
import whorl.collector.store.database.ResultRow;
import whorl.collector.store.database.Tables;

/** Copies a table into another database, all of it or nothing. */
final class TableCopy {
  private static final int PAGE = 500;

  private final Database from;
  private final Database to;

  TableCopy(Database from, Database to) {
    this.from = from;
    this.to = to;
  }

  /**
   * Replaces the rows of the destination's table.
   *
   * @return the number of rows
   */
  long copy(String table) throws IOException {
    List<Tables.Column> columns = sorted(new Tables(from).columns(table));
    List<Tables.Column> there = sorted(new Tables(to).columns(table));
    if (columns.isEmpty() || !names(columns).equals(names(there))) {
      throw new IOException(
          "table "
              + table
              + " has the columns "
              + names(columns)
              + " here and "
              + names(there)
              + " there; use one version of Whorl for both");
    }
    long rows = to.inTransaction(() -> replace(table, columns));
    for (Tables.Column each : columns) {
      if (each.counted()) {
        goOnCounting(table, each.name());
      }
    }
    long found = count(to, table);
    if (found != rows) {
      throw new IOException(
          "table " + table + " has " + found + " rows after " + rows + " were copied");
    }
    return rows;
  }

  static long count(Database database, String table) throws IOException {
    return database.query("SELECT count(*) FROM " + quoted(table), row -> row.getLong(1)).get(0);
  }

  private long replace(String table, List<Tables.Column> columns) throws IOException {
    to.update("DELETE FROM " + quoted(table));
    List<Tables.Column> key =
        columns.stream()
            .filter(each -> each.key() > 0)
            .sorted(Comparator.comparingInt(Tables.Column::key))
            .toList();
    String select = "SELECT " + list(columns) + " FROM " + quoted(table);
    String order = " ORDER BY " + list(key) + " LIMIT " + PAGE;
    String after = " WHERE (" + list(key) + ") > (" + marks(key.size()) + ")";
    String insert =
        "INSERT INTO "
            + quoted(table)
            + " ("
            + list(columns)
            + ") VALUES ("
            + marks(columns.size())
            + ")";
    long rows = 0;
    List<@Nullable Object[]> page = from.query(select + order, row -> values(row, columns));
    while (!page.isEmpty()) {
      to.updateAll(insert, page);
      rows += page.size();
      @Nullable Object[] last = page.get(page.size() - 1);
      Object[] end = key.stream().map(each -> last[columns.indexOf(each)]).toArray();
      page =
          page.size() < PAGE
              ? List.of()
              : from.query(select + after + order, row -> values(row, columns), end);
    }
    return rows;
  }

  private static @Nullable Object[] values(ResultRow row, List<Tables.Column> columns)
      throws SQLException {
    @Nullable Object[] values = new @Nullable Object[columns.size()];
    for (int i = 0; i < values.length; i++) {
      int column = i + 1;
      Object value =
          switch (columns.get(i).type()) {
            case TEXT -> row.getString(column);
            case BYTES -> row.getBytes(column);
            case NUMBER -> row.getLong(column);
          };
      values[i] = row.wasNull() ? null : value;
    }
    return values;
  }

  /** Numbers that were given once are never given again: cursors of clients hold them. */
  private void goOnCounting(String table, String column) throws IOException {
    Long last = new Tables(from).counter(table, column);
    if (last != null) {
      new Tables(to).setCounter(table, column, last);
    }
  }

  private static List<Tables.Column> sorted(List<Tables.Column> columns) {
    List<Tables.Column> sorted = new ArrayList<>(columns);
    sorted.sort(Comparator.comparing(Tables.Column::name));
    return sorted;
  }

  private static List<String> names(List<Tables.Column> columns) {
    return columns.stream().map(Tables.Column::name).toList();
  }

  private static String list(List<Tables.Column> columns) {
    return columns.stream().map(each -> quoted(each.name())).collect(Collectors.joining(", "));
  }

  private static String marks(int count) {
    return String.join(", ", Collections.nCopies(count, "?"));
  }

  private static String quoted(String name) {
    return '"' + name + '"';
  }
}
