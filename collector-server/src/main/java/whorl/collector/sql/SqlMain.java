package whorl.collector.sql;

import java.io.BufferedWriter;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Timestamp;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Collectors;
import org.duckdb.DuckDBDriver;
import org.jspecify.annotations.Nullable;
import whorl.evidence.Json;
import whorl.evidence.Text;

/**
 * The main class of the confined JVM: answers one query. DuckDB may read the files of the plan and
 * nothing else, and writes to no file but in {@code spill}; the query can't change that.
 */
public final class SqlMain {
  private static final int CELL_MAX_CHARS = 1 << 20;
  private static final int PROBLEM_MAX_CHARS = 2_000;

  private SqlMain() {}

  /**
   * @param args the folder
   */
  public static void main(String[] args) throws IOException {
    Path folder = Path.of(args[0]);
    SqlPlan plan = Json.MAPPER.readValue(folder.resolve(SqlPlan.FILE).toFile(), SqlPlan.class);
    MemoryGuard.start(plan.processMaxBytes());
    run(folder, plan);
  }

  /** Writes the result, or why there is none, into the folder. */
  static void run(Path folder, SqlPlan plan) throws IOException {
    try {
      answer(folder, plan);
    } catch (SqlProblemException e) {
      problem(folder, String.valueOf(e.getMessage()));
    } catch (SQLException e) {
      // DuckDB's message names the query's own words and columns, and has no paths but of copies
      problem(folder, String.valueOf(e.getMessage()));
    }
  }

  private static void problem(Path folder, String text) throws IOException {
    String withoutPath = text.replace(folder + "/", "");
    Files.writeString(folder.resolve(SqlPlan.PROBLEM), Text.atMost(withoutPath, PROBLEM_MAX_CHARS));
  }

  private static void answer(Path folder, SqlPlan plan) throws SQLException, IOException {
    Properties streaming = new Properties();
    streaming.setProperty(DuckDBDriver.JDBC_STREAM_RESULTS, "true");
    try (Connection duck = DriverManager.getConnection("jdbc:duckdb:", streaming);
        Statement sql = duck.createStatement()) {
      SqlTables tables = new SqlTables(duck, sql, folder, plan);
      sql.execute("SET TimeZone = 'UTC'");
      sql.execute("SET threads = " + plan.threads());
      sql.execute("SET memory_limit = '" + (plan.memoryBytes() >> 20) + "MiB'");
      sql.execute("SET temp_directory = " + SqlTables.text(folder.resolve("spill")));
      sql.execute("SET max_temp_directory_size = '" + (plan.spillMaxBytes() >> 20) + "MiB'");
      sql.execute("SET autoinstall_known_extensions = false");
      sql.execute("SET autoload_known_extensions = false");
      sql.execute("SET allow_community_extensions = false");
      tables.create();
      SelectOnly.require(duck, plan.sql());
      sql.execute(
          "SET allowed_paths = "
              + tables.files().stream()
                  .map(SqlTables::text)
                  .collect(Collectors.joining(", ", "[", "]")));
      sql.execute("SET enable_external_access = false");
      sql.execute("SET lock_configuration = true");
      try (ResultSet result = sql.executeQuery(plan.sql())) {
        write(result, folder.resolve(SqlPlan.RESULT), plan);
      }
    }
  }

  private static void write(ResultSet result, Path file, SqlPlan plan)
      throws SQLException, IOException {
    ResultSetMetaData meta = result.getMetaData();
    int columns = meta.getColumnCount();
    List<String> names = new ArrayList<>();
    for (int i = 1; i <= columns; i++) {
      names.add(meta.getColumnLabel(i));
    }
    try (BufferedWriter out = Files.newBufferedWriter(file, StandardCharsets.UTF_8)) {
      line(out, Map.of("columns", distinct(names)));
      long bytes = 0;
      int rows = 0;
      String truncated = null;
      while (truncated == null && result.next()) {
        if (rows == plan.rowsMax()) {
          truncated = "there are more than " + plan.rowsMax() + " rows";
        } else {
          List<@Nullable Object> row = new ArrayList<>();
          for (int i = 1; i <= columns; i++) {
            row.add(value(result, i));
          }
          bytes += line(out, row);
          rows++;
          if (bytes > plan.resultMaxBytes()) {
            truncated = "there are more than " + (plan.resultMaxBytes() >> 20) + " MiB";
          }
        }
      }
      Map<String, Object> end = new LinkedHashMap<>();
      end.put("rows", rows);
      if (truncated != null) {
        end.put("truncated", truncated);
      }
      line(out, end);
    }
  }

  private static long line(BufferedWriter out, Object value) throws IOException {
    String line = Json.text(value);
    out.write(line);
    out.write('\n');
    return line.length();
  }

  /** Names of columns by which a row can be an object. */
  private static List<String> distinct(List<String> names) {
    List<String> distinct = new ArrayList<>();
    for (String name : names) {
      String unused = name;
      for (int i = 2; distinct.contains(unused); i++) {
        unused = name + "_" + i;
      }
      distinct.add(unused);
    }
    return distinct;
  }

  private static @Nullable Object value(ResultSet result, int column) throws SQLException {
    Object value = result.getObject(column);
    if (value == null
        || value instanceof Boolean
        || value instanceof Long
        || value instanceof Integer
        || value instanceof Short
        || value instanceof Byte) {
      return value;
    }
    if (value instanceof Double number) {
      return Double.isFinite(number) ? number : number.toString();
    }
    if (value instanceof OffsetDateTime time) {
      return time.toInstant().toString();
    }
    if (value instanceof Timestamp time) {
      return time.toLocalDateTime().toString();
    }
    if (value instanceof LocalDate || value instanceof BigInteger || value instanceof BigDecimal) {
      return value.toString();
    }
    String text =
        value instanceof String already ? already : String.valueOf(result.getString(column));
    return Text.atMost(text, CELL_MAX_CHARS);
  }
}
