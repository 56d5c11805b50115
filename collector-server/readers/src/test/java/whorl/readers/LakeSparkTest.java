package whorl.readers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.execution.SparkPlan;
import org.apache.spark.sql.execution.metric.SQLMetric;
import org.apache.spark.sql.types.DataTypes;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import scala.collection.Iterator;

/** Spark reads the lake that the collector's tests have left, with the settings of docs/lake.md. */
@EnabledForJreRange(max = JRE.JAVA_21, disabledReason = "this Spark runs on Java 8 to 21")
@Tag("long")
class LakeSparkTest {
  private static final Path ANSWERS = Path.of(System.getProperty("whorl.lake"));
  private static JsonNode left;
  private static SparkSession spark;

  @BeforeAll
  static void start() throws IOException {
    assumeThat(ANSWERS).as("written by the collector's LakeQuestionsTest").exists();
    left = new ObjectMapper().readTree(Files.readAllBytes(ANSWERS));
    String catalog = "spark.sql.catalog.whorl";
    spark =
        SparkSession.builder()
            .master("local[1]")
            .appName("whorl")
            .config("spark.ui.enabled", false)
            .config("spark.driver.host", "127.0.0.1")
            .config("spark.driver.bindAddress", "127.0.0.1")
            .config("spark.sql.shuffle.partitions", 1)
            .config("spark.sql.adaptive.enabled", false)
            .config("spark.sql.session.timeZone", "UTC")
            .config(catalog, "org.apache.iceberg.spark.SparkCatalog")
            .config(catalog + ".type", "jdbc")
            .config(catalog + ".uri", left.get("catalog").asText())
            .config(catalog + ".warehouse", left.get("root").asText() + "/lake")
            .getOrCreate();
  }

  @AfterAll
  static void stop() {
    if (spark != null) {
      spark.stop();
    }
  }

  @Test
  void everyQuestion_hasTheAnswerThatDuckDbGives() {
    for (JsonNode answer : left.get("answers")) {
      String sql = answer.get("sql").asText();
      List<List<String>> expected = new ArrayList<>();
      answer.get("rows").forEach(row -> expected.add(texts(row)));

      List<List<String>> found = new ArrayList<>();
      for (Row row : spark.sql(sql).collectAsList()) {
        found.add(texts(row));
      }

      assertThat(found).as(sql).isEqualTo(expected);
    }
  }

  @Test
  void columns_haveTheirTypes() {
    Dataset<Row> rows = spark.table("whorl.lake.timeline");
    assertThat(rows.schema().apply("event_time").dataType()).isEqualTo(DataTypes.TimestampType);
    assertThat(rows.schema().apply("sealed_at").dataType()).isEqualTo(DataTypes.TimestampType);
    assertThat(rows.schema().apply("jvm_row").dataType()).isEqualTo(DataTypes.LongType);
    assertThat(rows.schema().apply("file_path").dataType()).isEqualTo(DataTypes.StringType);
  }

  @Test
  void filters_leaveFilesOut() {
    long all = files("true");
    assertThat(all).isGreaterThan(8);
    assertThat(files("service = 'pay'")).as("one service of three").isEqualTo(all / 3);
    assertThat(files("sealed_at < current_timestamp - INTERVAL '2' DAY")).as("days").isZero();
    assertThat(files("event_time < TIMESTAMP '2015-01-01 00:00:00'"))
        .as("bounds of times: the files with old times of files")
        .isEqualTo(all / 2);
  }

  /** How many data files Spark reads for this condition, as the metrics of the plan have it. */
  private static long files(String condition) {
    // a count would be answered from the table's metadata
    Dataset<Row> rows = spark.sql("SELECT jvm_row FROM whorl.lake.timeline WHERE " + condition);
    rows.collectAsList();
    return resultDataFiles(rows.queryExecution().executedPlan());
  }

  private static long resultDataFiles(SparkPlan plan) {
    long files = 0;
    if (plan.metrics().contains("resultDataFiles")) {
      SQLMetric metric = plan.metrics().apply("resultDataFiles");
      files += metric.value();
    }
    Iterator<SparkPlan> children = plan.children().iterator();
    while (children.hasNext()) {
      files += resultDataFiles(children.next());
    }
    return files;
  }

  private static List<String> texts(JsonNode row) {
    List<String> texts = new ArrayList<>();
    row.forEach(value -> texts.add(value.isNull() ? null : value.asText()));
    return texts;
  }

  private static List<String> texts(Row row) {
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < row.length(); i++) {
      Object value = row.get(i);
      if (value instanceof Timestamp time) {
        value = time.toInstant();
      }
      texts.add(value == null ? null : value instanceof Instant ? value.toString() : "" + value);
    }
    return texts;
  }
}
