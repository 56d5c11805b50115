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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.testkit.FakeAgent;
import whorl.evidence.Id;
import whorl.evidence.Json;

/**
 * The questions of docs/lake.md, answered by DuckDB over the table's files. The lake and the
 * answers stay in {@code target/readers/lake}, where a separate module asks Spark the same.
 */
@Timeout(300)
class LakeQuestionsTest {
  private static final Path DOCUMENT = Path.of("../docs/lake.md");
  private static final Path LEFT = Path.of("target/readers/lake");
  private static final Pattern SQL = Pattern.compile("```sql\n(.*?)```", Pattern.DOTALL);
  private static final int QUESTIONS = 10;

  @TempDir Path root;

  @Test
  void questionsOfTheDocument_haveAnswers() throws Exception {
    delete(LEFT);
    Files.createDirectories(LEFT);
    try (LakeRig lake = new LakeRig(root, LEFT)) {
      LakeRig.Collector collector = lake.collector("one");
      long rows = 0;
      for (FakeAgent agent : Fleet.agents()) {
        Id evidence = lake.evidence(agent);
        rows += lake.rig.index.status(evidence).rows();
        collector.ledger().want(evidence);
        // a commit each, so that readers have several snapshots and manifests
        collector.work().batch(collector.table());
      }

      List<Map<String, Object>> answers = new ArrayList<>();
      try (Connection duck = DriverManager.getConnection("jdbc:duckdb:");
          Statement sql = duck.createStatement()) {
        sql.execute("SET TimeZone = 'UTC'");
        sql.execute("ATTACH ':memory:' AS whorl");
        sql.execute("CREATE SCHEMA whorl.lake");
        sql.execute(
            "CREATE VIEW whorl.lake.timeline AS FROM read_parquet("
                + lake.files().stream()
                    .map(LakeFiles::text)
                    .collect(Collectors.joining(", ", "[", "]"))
                + ")");
        Matcher questions = SQL.matcher(Files.readString(DOCUMENT));
        while (questions.find()) {
          List<List<Object>> found = rows(sql, questions.group(1));
          assertThat(found).as(questions.group(1)).isNotEmpty();
          answers.add(answer(questions.group(1), found));
        }
        String count = "SELECT count(*) FROM whorl.lake.timeline";
        answers.add(answer(count, rows(sql, count)));
        assertThat(rows(sql, count)).isEqualTo(List.of(List.of(rows)));
      }

      assertThat(answers).hasSize(QUESTIONS + 1);
      Files.write(
          LEFT.resolve("answers.json"),
          Json.bytes(
              Map.of(
                  "root", lake.settings.root(),
                  "catalog", lake.settings.catalogUrl(),
                  "answers", answers)));
    }
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

  private static void delete(Path folder) throws IOException {
    if (Files.exists(folder)) {
      try (var files = Files.walk(folder)) {
        for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }
}
