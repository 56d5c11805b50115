package whorl.readers;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.execution.SparkPlan;
import org.apache.spark.sql.execution.metric.SQLMetric;
import scala.collection.Iterator;

/** Spark with the catalog {@code whorl}. */
final class SparkLake implements AutoCloseable {
  static final String TABLE = "whorl.lake.timeline";

  private final SparkSession spark;

  private SparkLake(SparkSession spark) {
    this.spark = spark;
  }

  /**
   * Starts Spark.
   *
   * @param catalog the settings after {@code spark.sql.catalog.whorl.} in docs/lake.md
   */
  static SparkLake open(Map<String, String> catalog) {
    String prefix = "spark.sql.catalog.whorl";
    SparkSession.Builder builder =
        SparkSession.builder()
            .master("local[1]")
            .appName("whorl")
            .config("spark.ui.enabled", false)
            .config("spark.driver.host", "127.0.0.1")
            .config("spark.driver.bindAddress", "127.0.0.1")
            .config("spark.sql.shuffle.partitions", 1)
            .config("spark.sql.adaptive.enabled", false)
            .config("spark.sql.session.timeZone", "UTC")
            .config(prefix, "org.apache.iceberg.spark.SparkCatalog")
            .config(prefix + ".type", "jdbc");
    catalog.forEach((key, value) -> builder.config(prefix + "." + key, value));
    return new SparkLake(builder.getOrCreate());
  }

  Dataset<Row> table() {
    return spark.table(TABLE);
  }

  List<List<String>> ask(String sql) {
    List<List<String>> found = new ArrayList<>();
    for (Row row : spark.sql(sql).collectAsList()) {
      List<String> texts = new ArrayList<>();
      for (int i = 0; i < row.length(); i++) {
        texts.add(Answers.text(row.get(i)));
      }
      found.add(texts);
    }
    return found;
  }

  /** What was read for a condition. */
  record Scan(long rows, long files) {}

  /** Reads the rows for this condition; the metrics of the plan have the number of data files. */
  Scan scan(String condition) {
    // a count would be answered from the table's metadata
    Dataset<Row> rows = spark.sql("SELECT jvm_row FROM " + TABLE + " WHERE " + condition);
    long read = rows.collectAsList().size();
    return new Scan(read, resultDataFiles(rows.queryExecution().executedPlan()));
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

  @Override
  public void close() {
    spark.stop();
  }
}
