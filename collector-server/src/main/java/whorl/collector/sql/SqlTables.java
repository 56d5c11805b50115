package whorl.collector.sql;

import static whorl.collector.timeline.StoredColumns.quoted;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;
import whorl.collector.timeline.Column;
import whorl.collector.timeline.SqlNames;
import whorl.collector.timeline.StoredColumns;

/**
 * Makes the tables of a query: {@code timeline}, with the columns of the lake's table, and {@code
 * evidence}. {@code whorl.lake.timeline} is another name, so that queries for the lake run here.
 */
final class SqlTables {
  private static final String SOURCES = "whorl_sources";
  private static final Map<Column, String> OF_REQUEST =
      Map.of(Column.REQUEST_METHOD, "method", Column.URL_PATH, "path", Column.SOURCE_IP, "address");

  private final Connection duck;
  private final Statement sql;
  private final Path folder;
  private final SqlPlan plan;

  /**
   * @param sql of {@code duck}
   */
  SqlTables(Connection duck, Statement sql, Path folder, SqlPlan plan) {
    this.duck = duck;
    this.sql = sql;
    this.folder = folder;
    this.plan = plan;
  }

  void create() throws SQLException {
    evidence();
    sources();
    sql.execute("CREATE VIEW timeline AS " + timeline());
    sql.execute("ATTACH ':memory:' AS whorl");
    sql.execute("CREATE SCHEMA whorl.lake");
    sql.execute("CREATE VIEW whorl.lake.timeline AS FROM memory.main.timeline");
  }

  /** All files that the tables read. */
  List<Path> files() {
    List<Path> files = new ArrayList<>();
    for (int i = 0; i < plan.pieces().size(); i++) {
      for (String file : plan.pieces().get(i).files()) {
        files.add(folder.resolve(file));
      }
      if (!plan.pieces().get(i).files().isEmpty()) {
        files.add(folder.resolve(i + "-" + StoredColumns.STACKS));
        files.add(folder.resolve(i + "-" + StoredColumns.REQUESTS));
      }
    }
    return files;
  }

  private void evidence() throws SQLException {
    StringJoiner columns = new StringJoiner(", ");
    SqlPiece.EVIDENCE_COLUMNS.forEach((name, type) -> columns.add(quoted(name) + " " + type));
    sql.execute("CREATE TABLE evidence (" + columns + ")");
    for (SqlPlan.Piece piece : plan.pieces()) {
      insert("evidence", List.copyOf(SqlPiece.EVIDENCE_COLUMNS.keySet()), piece.evidence());
    }
  }

  private static List<String> constantColumns() {
    List<String> columns = new ArrayList<>();
    for (Column column : StoredColumns.CONSTANT) {
      columns.add(SqlNames.of(column));
    }
    columns.add(SqlNames.CAPTURE);
    columns.add(SqlNames.SEALED_AT);
    return columns;
  }

  private void sources() throws SQLException {
    StringJoiner columns = new StringJoiner(", ");
    columns.add("number BIGINT");
    for (String name : constantColumns()) {
      columns.add(quoted(name) + (name.equals(SqlNames.SEALED_AT) ? " TIMESTAMPTZ" : " VARCHAR"));
    }
    sql.execute("CREATE TABLE " + SOURCES + " (" + columns + ")");
    for (int i = 0; i < plan.pieces().size(); i++) {
      Map<String, @Nullable String> values = new HashMap<>(plan.pieces().get(i).constants());
      values.put("number", Integer.toString(i));
      List<String> names = new ArrayList<>(constantColumns());
      names.add("number");
      insert(SOURCES, names, values);
    }
  }

  private void insert(String table, List<String> columns, Map<String, @Nullable String> values)
      throws SQLException {
    StringJoiner names = new StringJoiner(", ");
    StringJoiner marks = new StringJoiner(", ");
    for (String column : columns) {
      names.add(quoted(column));
      marks.add("?");
    }
    try (PreparedStatement insert =
        duck.prepareStatement("INSERT INTO " + table + " (" + names + ") VALUES (" + marks + ")")) {
      for (int i = 0; i < columns.size(); i++) {
        insert.setString(i + 1, values.get(columns.get(i)));
      }
      insert.execute();
    }
  }

  private String timeline() throws SQLException {
    List<String> rows = new ArrayList<>();
    List<String> stacks = new ArrayList<>();
    List<String> requests = new ArrayList<>();
    for (int i = 0; i < plan.pieces().size(); i++) {
      rows.addAll(plan.pieces().get(i).files());
      if (!plan.pieces().get(i).files().isEmpty()) {
        stacks.add(i + "-" + StoredColumns.STACKS);
        requests.add(i + "-" + StoredColumns.REQUESTS);
      }
    }
    Set<String> stored = rows.isEmpty() ? Set.of() : stored(rows);
    StringJoiner columns = new StringJoiner(", ");
    for (String name : List.of("evidence", "service", "agent", SqlNames.CAPTURE)) {
      columns.add("e." + quoted(name));
    }
    columns.add("e." + quoted(SqlNames.SEALED_AT));
    columns.add(value(StoredColumns.NANOS, "BIGINT", stored) + " AS " + SqlNames.NANOS);
    for (Column column : Column.values()) {
      if (!Set.of(Column.EVIDENCE, Column.SERVICE, Column.AGENT).contains(column)) {
        columns.add(value(column, stored) + " AS " + quoted(SqlNames.of(column)));
      }
    }
    if (rows.isEmpty()) {
      return "SELECT "
          + columns
          + " FROM "
          + SOURCES
          + " e, (SELECT NULL) r, (SELECT NULL::VARCHAR AS frames) s, (SELECT NULL::VARCHAR AS"
          + " method, NULL::VARCHAR AS path, NULL::VARCHAR AS address) q WHERE false";
    }
    return "SELECT "
        + columns
        + " FROM "
        + numbered(rows)
        + " r JOIN "
        + SOURCES
        + " e ON e.number = r.whorl_number LEFT JOIN "
        + numbered(stacks)
        + " s ON s.whorl_number = r.whorl_number AND s.id = "
        + value(StoredColumns.STACK_ID, "BIGINT", stored)
        + " LEFT JOIN "
        + numbered(requests)
        + " q ON q.whorl_number = r.whorl_number AND q.id = "
        + value(Column.REQUEST_ID.columnName(), "VARCHAR", stored);
  }

  /**
   * SQL for the value of a column: of the row, of its request, of its stack, or of its evidence.
   */
  private static String value(Column column, Set<String> stored) {
    if (StoredColumns.CONSTANT.contains(column)) {
      return "e." + quoted(SqlNames.of(column));
    }
    if (column == Column.STACK_TRACE) {
      return "s.frames";
    }
    String type =
        switch (column.kind()) {
          case TIME -> "TIMESTAMPTZ";
          case NUMBER -> "BIGINT";
          case TEXT -> "VARCHAR";
        };
    String own = value(column.columnName(), type, stored);
    String ofRequest = OF_REQUEST.get(column);
    return ofRequest == null ? own : "coalesce(" + own + ", q." + ofRequest + ")";
  }

  private static String value(String name, String type, Set<String> stored) {
    return stored.contains(name) ? "r." + quoted(name) : "NULL::" + type;
  }

  private Set<String> stored(List<String> rows) throws SQLException {
    Set<String> stored = new HashSet<>();
    try (ResultSet columns = sql.executeQuery("DESCRIBE FROM " + read(rows))) {
      while (columns.next()) {
        stored.add(columns.getString(1));
      }
    }
    return stored;
  }

  /** The rows of files, with the number that their names begin with. */
  private String numbered(List<String> files) {
    return "(SELECT *, regexp_extract(parse_filename(filename), '^[0-9]+')::BIGINT AS whorl_number"
        + " FROM "
        + read(files)
        + ")";
  }

  private String read(List<String> files) {
    StringJoiner list = new StringJoiner(", ", "[", "]");
    files.forEach(file -> list.add(text(folder.resolve(file))));
    return "read_parquet(" + list + ", union_by_name = true, filename = true)";
  }

  static String text(Path path) {
    return "'" + path.toAbsolutePath().toString().replace("'", "''") + "'";
  }
}
