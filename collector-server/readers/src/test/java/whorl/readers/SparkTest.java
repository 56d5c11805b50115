package whorl.readers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.nio.file.Path;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;

/** Spark, as it comes, reads a timeline that the collector's tests have exported. */
@EnabledForJreRange(max = JRE.JAVA_21, disabledReason = "this Spark runs on Java 8 to 21")
class SparkTest {
  private static final Path PARQUET = Path.of(System.getProperty("whorl.parquet"));

  @Tag("long")
  @Test
  void parquet_isReadWithItsTypes_andAsked() {
    assumeThat(PARQUET).as("written by the collector's ParquetReadersTest").exists();
    SparkSession spark =
        SparkSession.builder()
            .master("local[1]")
            .appName("whorl")
            .config("spark.ui.enabled", false)
            .config("spark.driver.host", "127.0.0.1")
            .config("spark.driver.bindAddress", "127.0.0.1")
            .config("spark.sql.shuffle.partitions", 1)
            .config("spark.sql.session.timeZone", "UTC")
            .getOrCreate();
    try {
      Dataset<Row> rows = spark.read().parquet(PARQUET.toString());
      rows.createOrReplaceTempView("timeline");

      assertThat(rows.schema().apply("@timestamp").dataType()).isEqualTo(DataTypes.TimestampType);
      assertThat(rows.schema().apply("jvm.row").dataType()).isEqualTo(DataTypes.LongType);
      assertThat(rows.schema().apply("file.path").dataType()).isEqualTo(DataTypes.StringType);
      assertThat(rows.count()).isGreaterThan(0);
      List<Row> unordered =
          spark
              .sql(
                  "SELECT * FROM (SELECT `@timestamp` AS t, lag(`@timestamp`)"
                      + " OVER (ORDER BY `jvm.row`) AS before FROM timeline) WHERE t < before")
              .collectAsList();
      assertThat(unordered).isEmpty();
      Row file =
          spark
              .sql(
                  "SELECT date_format(min(`@timestamp`), 'yyyy'), count(*) FROM timeline"
                      + " WHERE `event.category` = 'file' AND `file.path` IS NOT NULL")
              .first();
      assertThat(file.getLong(1)).isGreaterThan(0);
      assertThat(file.getString(0)).startsWith("20");
    } finally {
      spark.stop();
    }
  }
}
