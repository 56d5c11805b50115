package whorl.readers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;

/** Spark reads the lake that the collector's tests have left, with the settings of docs/lake.md. */
@EnabledForJreRange(max = JRE.JAVA_21, disabledReason = "this Spark runs on Java 8 to 21")
@Tag("long")
class LakeSparkTest {
  private static final Path ANSWERS = Path.of(System.getProperty("whorl.lake"));
  private static JsonNode left;
  private static SparkLake spark;

  @BeforeAll
  static void start() throws IOException {
    assumeThat(ANSWERS).as("written by the collector's LakeQuestionsTest").exists();
    left = new ObjectMapper().readTree(Files.readAllBytes(ANSWERS));
    spark =
        SparkLake.open(
            Map.of(
                "uri",
                left.get("catalog").asText(),
                "warehouse",
                left.get("root").asText() + "/lake"));
  }

  @AfterAll
  static void stop() {
    if (spark != null) {
      spark.close();
    }
  }

  @Test
  void everyQuestion_hasTheAnswerThatDuckDbGives() throws Exception {
    Answers.requireSame(left.get("answers"), spark::ask);
  }

  @Test
  void columns_haveTheirTypes() {
    StructType schema = spark.table().schema();
    assertThat(schema.apply("event_time").dataType()).isEqualTo(DataTypes.TimestampType);
    assertThat(schema.apply("sealed_at").dataType()).isEqualTo(DataTypes.TimestampType);
    assertThat(schema.apply("jvm_row").dataType()).isEqualTo(DataTypes.LongType);
    assertThat(schema.apply("file_path").dataType()).isEqualTo(DataTypes.StringType);
  }

  @Test
  void filters_leaveFilesOut() {
    long all = spark.scan("true").files();
    assertThat(all).isGreaterThan(8);
    assertThat(spark.scan("service = 'pay'").files()).as("one service of three").isEqualTo(all / 3);
    assertThat(spark.scan("sealed_at < current_timestamp - INTERVAL '2' DAY").files())
        .as("days")
        .isZero();
    assertThat(spark.scan("event_time < TIMESTAMP '2015-01-01 00:00:00'").files())
        .as("bounds of times: the files with old times of files")
        .isEqualTo(all / 2);
  }
}
