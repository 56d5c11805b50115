import org.apache.catalina.webresources.TomcatURLStreamHandlerFactory;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import whorl.lab.app.Web;

/** Asks Spark for sums. */
public class App {
  public static void main(String[] args) throws Exception {
    // there is one such factory in a JVM, and Spark sets Hadoop's
    TomcatURLStreamHandlerFactory.disable();
    SparkSession spark =
        SparkSession.builder()
            .master("local[2]")
            .appName("lab")
            .config("spark.ui.enabled", "false")
            .config("spark.driver.bindAddress", "127.0.0.1")
            .config("spark.driver.host", "127.0.0.1")
            .config("spark.sql.shuffle.partitions", "2")
            .config("spark.sql.warehouse.dir", "warehouse")
            .getOrCreate();
    spark.range(1000).write().mode(SaveMode.Overwrite).parquet("numbers");
    Web.create()
        .on(
            "/work",
            request ->
                spark
                    .read()
                    .parquet("numbers")
                    .selectExpr("id % 7 as k", "id")
                    .groupBy("k")
                    .sum("id")
                    .collectAsList()
                    .size())
        .start();
  }
}
