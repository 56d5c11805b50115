package whorl.collector.lake;

import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.iceberg.CatalogProperties;

/**
 * Where the lake is.
 *
 * @param root the location of the object store's root for other programs, such as {@code
 *     file:///srv/whorl} or {@code s3://bucket/prefix}
 * @param catalogUrl of the JDBC catalog, without user and password
 * @param catalogProperties for its JDBC driver, user and password among them; never logged
 * @param batchPause the least time between two commits
 * @param snapshotsKept how long a query may go on reading what was replaced or purged since it
 *     began; after that the files are deleted
 */
public record LakeSettings(
    String root,
    String catalogUrl,
    Map<String, String> catalogProperties,
    Duration batchPause,
    Duration snapshotsKept) {
  /** The name of the catalog, which other programs must use too: rows of it carry the name. */
  public static final String CATALOG = "whorl";

  private static final Duration BATCH_PAUSE = Duration.ofSeconds(30);
  private static final Duration SNAPSHOTS_KEPT = Duration.ofHours(1);

  public LakeSettings {
    while (root.endsWith("/")) {
      root = root.substring(0, root.length() - 1);
    }
    catalogProperties = Map.copyOf(catalogProperties);
  }

  /** A lake in a folder, with its catalog in a SQLite file. */
  public static LakeSettings embedded(Path objects, Path catalog) {
    return new LakeSettings(
        "file://" + objects.toAbsolutePath().normalize(),
        "jdbc:sqlite:" + catalog.toAbsolutePath(),
        Map.of("busy_timeout", "10000", "journal_mode", "WAL", "synchronous", "FULL"),
        BATCH_PAUSE,
        SNAPSHOTS_KEPT);
  }

  /**
   * A lake with its catalog in PostgreSQL.
   *
   * @param root as of {@code --objects}
   * @param url without user and password
   */
  public static LakeSettings shared(String root, String url, String user, String password) {
    Map<String, String> properties = new LinkedHashMap<>();
    properties.put("user", user);
    properties.put("password", password);
    properties.put("loginTimeout", "10");
    properties.put("connectTimeout", "10");
    properties.put("socketTimeout", "60");
    properties.put("ApplicationName", "whorl-lake");
    return new LakeSettings(root, url, properties, BATCH_PAUSE, SNAPSHOTS_KEPT);
  }

  /** The same lake with other times. */
  public LakeSettings with(Duration batchPause, Duration snapshotsKept) {
    return new LakeSettings(root, catalogUrl, catalogProperties, batchPause, snapshotsKept);
  }

  /** The properties of Iceberg's catalog. */
  Map<String, String> iceberg() {
    Map<String, String> properties = new LinkedHashMap<>();
    properties.put(CatalogProperties.URI, catalogUrl);
    properties.put(CatalogProperties.WAREHOUSE_LOCATION, root + "/lake");
    properties.put(CatalogProperties.METRICS_REPORTER_IMPL, QuietReporter.class.getName());
    properties.put("jdbc.schema-version", "V1");
    catalogProperties.forEach((name, value) -> properties.put("jdbc." + name, value));
    return properties;
  }

  /** Without the catalog's properties, one of which is a password. */
  @Override
  public String toString() {
    return "lake " + root + ", catalog " + catalogUrl;
  }
}
