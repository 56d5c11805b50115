package whorl.collector.lake;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The questions of docs/lake.md, answered by DuckDB over the files that a table has. */
final class LakeAnswers {
  private static final Path DOCUMENT = Path.of("../docs/lake.md");
  private static final Pattern SQL = Pattern.compile("```sql\n(.*?)```", Pattern.DOTALL);
  private static final int QUESTIONS = 10;
  private static final String COUNT = "SELECT count(*) FROM whorl.lake.timeline";

  private LakeAnswers() {}

  /**
   * Each question of the document with its answer, and the count of all rows.
   *
   * @param files the data files of the table
   * @param rows the rows that were appended
   */
  static List<Map<String, Object>> of(List<Path> files, long rows)
      throws IOException, SQLException {
    List<Map<String, Object>> answers = new ArrayList<>();
    try (Connection duck = DriverManager.getConnection("jdbc:duckdb:");
        Statement sql = duck.createStatement()) {
      view(sql, files);
      Matcher questions = SQL.matcher(Files.readString(DOCUMENT));
      while (questions.find()) {
        List<List<Object>> found = rows(sql, questions.group(1));
        assertThat(found).as(questions.group(1)).isNotEmpty();
        answers.add(answer(questions.group(1), found));
      }
      answers.add(answer(COUNT, rows(sql, COUNT)));
      assertThat(rows(sql, COUNT)).isEqualTo(List.of(List.of(rows)));
    }
    assertThat(answers).hasSize(QUESTIONS + 1);
    return answers;
  }

  /**
   * Conditions, each with the rows for which it holds, and the files that have such rows.
   *
   * @param files the data files of the table
   */
  static List<Map<String, Object>> filtered(List<Path> files, List<String> conditions)
      throws SQLException {
    List<Map<String, Object>> filters = new ArrayList<>();
    try (Connection duck = DriverManager.getConnection("jdbc:duckdb:");
        Statement sql = duck.createStatement()) {
      view(sql, files);
      for (String condition : conditions) {
        List<Object> found =
            rows(
                    sql,
                    "SELECT count(*), count(DISTINCT filename) FROM whorl.lake.timeline WHERE "
                        + condition)
                .get(0);
        Map<String, Object> filter = new LinkedHashMap<>();
        filter.put("where", condition);
        filter.put("rows", found.get(0));
        filter.put("files", found.get(1));
        filters.add(filter);
      }
    }
    return filters;
  }

  private static void view(Statement sql, List<Path> files) throws SQLException {
    sql.execute("SET TimeZone = 'UTC'");
    sql.execute("ATTACH ':memory:' AS whorl");
    sql.execute("CREATE SCHEMA whorl.lake");
    sql.execute(
        "CREATE VIEW whorl.lake.timeline AS FROM read_parquet("
            + files.stream().map(LakeFiles::text).collect(Collectors.joining(", ", "[", "]"))
            + ", filename = true)");
  }

  private static Map<String, Object> answer(String sql, List<List<Object>> rows) {
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("sql", sql);
    answer.put("rows", rows);
    return answer;
  }

  private static List<List<Object>> rows(Statement sql, String question) throws SQLException {
    List<List<Object>> rows = new ArrayList<>();
    try (ResultSet result = sql.executeQuery(question)) {
      int columns = result.getMetaData().getColumnCount();
      while (result.next()) {
        List<Object> row = new ArrayList<>();
        for (int i = 1; i <= columns; i++) {
          Object value = result.getObject(i);
          if (value instanceof OffsetDateTime time) {
            value = time.toInstant().toString();
          } else if (value instanceof LocalDate day) {
            value = day.toString();
          }
          row.add(value);
        }
        rows.add(row);
      }
    }
    return rows;
  }
}
