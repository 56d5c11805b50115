package whorl.readers;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.io.TempDir;

/** Spark reads a lake in S3, with its catalog in PostgreSQL, with the settings of docs/lake.md. */
@EnabledForJreRange(max = JRE.JAVA_21, disabledReason = "this Spark runs on Java 8 to 21")
@Tag("long")
@Timeout(900)
class LakeSparkS3Test {
  @TempDir static Path folder;
  private static ServedLake served;
  private static SparkLake spark;

  @BeforeAll
  static void start() throws IOException {
    ServedLake.requireClass("org.apache.iceberg.aws.s3.S3FileIO");
    served = ServedLake.startOrSkip(folder);
    Map<String, String> catalog = new LinkedHashMap<>();
    catalog.put("uri", served.text("catalog"));
    catalog.put("jdbc.user", served.text("user"));
    catalog.put("jdbc.password", served.text("password"));
    catalog.put("warehouse", served.text("root") + "/lake");
    catalog.put("io-impl", "org.apache.iceberg.aws.s3.S3FileIO");
    catalog.put("client.region", "us-east-1");
    catalog.put("s3.endpoint", served.text("endpoint"));
    catalog.put("s3.path-style-access", "true");
    catalog.put("s3.access-key-id", served.text("accessKey"));
    catalog.put("s3.secret-access-key", served.text("secretKey"));
    spark = SparkLake.open(catalog);
  }

  @AfterAll
  static void stop() {
    if (spark != null) {
      spark.close();
    }
    if (served != null) {
      served.close();
    }
  }

  @Test
  void everyQuestion_hasTheAnswerThatDuckDbGives() throws Exception {
    Answers.requireSame(served.get("answers"), spark::ask);
  }

  @Test
  void partitionFilters_findTheRowsThatDuckDbFinds_inTheFilesThatHaveThem() {
    assertThat(spark.scan("true").files()).isEqualTo(served.get("files").asLong());
    for (JsonNode filter : served.get("filters")) {
      assertThat(spark.scan(filter.get("where").asText()))
          .as(filter.get("where").asText())
          .isEqualTo(new SparkLake.Scan(filter.get("rows").asLong(), filter.get("files").asLong()));
    }
    assertThat(served.get("filters")).hasSizeGreaterThan(3);
  }
}
