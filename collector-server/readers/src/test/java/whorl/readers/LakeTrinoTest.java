package whorl.readers;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Trino reads a lake in S3, with its catalog in PostgreSQL, with the settings of docs/lake.md. */
@Tag("long")
@Timeout(900)
class LakeTrinoTest {
  private static final Pattern DATA_FILES =
      Pattern.compile("'dataFiles' = LongCount\\{total=(\\d+)}");

  @TempDir static Path folder;
  private static ServedLake served;
  private static TrinoServer trino;

  @BeforeAll
  static void start() throws IOException {
    ServedLake.requireClass("io.trino.jdbc.TrinoDriver");
    served = ServedLake.startOrSkip(folder);
    trino =
        TrinoServer.startOrSkip(
            folder,
            List.of(
                "connector.name=iceberg",
                "iceberg.catalog.type=jdbc",
                "iceberg.jdbc-catalog.catalog-name=whorl",
                "iceberg.jdbc-catalog.driver-class=org.postgresql.Driver",
                "iceberg.jdbc-catalog.connection-url=" + served.text("catalog"),
                "iceberg.jdbc-catalog.connection-user=" + served.text("user"),
                "iceberg.jdbc-catalog.connection-password=" + served.text("password"),
                "iceberg.jdbc-catalog.default-warehouse-dir=" + served.text("root") + "/lake",
                "iceberg.security=READ_ONLY",
                "fs.native-s3.enabled=true",
                "s3.region=us-east-1",
                "s3.endpoint=" + served.text("endpoint"),
                "s3.path-style-access=true",
                "s3.aws-access-key=" + served.text("accessKey"),
                "s3.aws-secret-key=" + served.text("secretKey")));
  }

  @AfterAll
  static void stop() {
    if (trino != null) {
      trino.close();
    }
    if (served != null) {
      served.close();
    }
  }

  @Test
  void everyQuestion_hasTheAnswerThatDuckDbGives() throws Exception {
    try (Connection connection = trino.connect();
        Statement statement = connection.createStatement()) {
      Answers.requireSame(served.get("answers"), sql -> ask(statement, sql));
    }
  }

  @Test
  void partitionFilters_findTheRowsThatDuckDbFinds_inTheFilesThatHaveThem() throws Exception {
    try (Connection connection = trino.connect();
        Statement statement = connection.createStatement()) {
      assertThat(files(statement, "true")).isEqualTo(served.get("files").asLong());
      for (JsonNode filter : served.get("filters")) {
        String where = filter.get("where").asText();
        assertThat(ask(statement, "SELECT count(*) FROM whorl.lake.timeline WHERE " + where))
            .as(where)
            .isEqualTo(List.of(List.of(filter.get("rows").asText())));
        assertThat(files(statement, where)).as(where).isEqualTo(filter.get("files").asLong());
      }
    }
    assertThat(served.get("filters")).hasSizeGreaterThan(3);
  }

  /** How many data files Trino made splits of, as its own analysis of the query has it. */
  private static long files(Statement statement, String condition) throws SQLException {
    String plan =
        ask(
                statement,
                "EXPLAIN ANALYZE VERBOSE SELECT jvm_row FROM whorl.lake.timeline WHERE "
                    + condition)
            .toString();
    Matcher files = DATA_FILES.matcher(plan);
    assertThat(files.find()).as(plan).isTrue();
    return Long.parseLong(files.group(1));
  }

  private static List<List<String>> ask(Statement statement, String sql) throws SQLException {
    List<List<String>> found = new ArrayList<>();
    try (ResultSet rows = statement.executeQuery(sql)) {
      int columns = rows.getMetaData().getColumnCount();
      while (rows.next()) {
        List<String> row = new ArrayList<>();
        for (int i = 1; i <= columns; i++) {
          row.add(Answers.text(rows.getObject(i)));
        }
        found.add(row);
      }
    }
    return found;
  }
}
