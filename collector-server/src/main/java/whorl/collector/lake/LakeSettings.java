package whorl.collector.lake;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.iceberg.CatalogProperties;
import org.jspecify.annotations.Nullable;

/**
 * Where the lake is.
 *
 * @param root the location of the object store's root for other programs, such as {@code
 *     file:///srv/whorl} or {@code s3://bucket/prefix}
 * @param catalogUrl of the JDBC catalog; may have a password in it
 * @param driverProperties for its JDBC driver
 * @param password of the catalog's database; null if the URL has it, or none is needed
 * @param batchPause the least time between two commits
 * @param snapshotsKept how long a query may go on reading what was replaced or purged since it
 *     began; after that the files are deleted
 */
public record LakeSettings(
    String root,
    String catalogUrl,
    Map<String, String> driverProperties,
    @Nullable Password password,
    Duration batchPause,
    Duration snapshotsKept) {
  /** The name of the catalog, which other programs must use too: its rows carry the name. */
  public static final String CATALOG = "whorl";

  private static final Duration BATCH_PAUSE = Duration.ofSeconds(30);
  private static final Duration SNAPSHOTS_KEPT = Duration.ofHours(1);

  public LakeSettings {
    while (root.endsWith("/")) {
      root = root.substring(0, root.length() - 1);
    }
    driverProperties = Map.copyOf(driverProperties);
  }

  /** Reads the password for a new connection. */
  @FunctionalInterface
  public interface Password {
    /**
     * @throws IOException with a message that names the file and the remedy
     */
    String read() throws IOException;
  }

  /** A catalog in a SQLite file. */
  public static LakeSettings sqlite(String root, Path catalog) {
    return new LakeSettings(
        root,
        "jdbc:sqlite:" + catalog.toAbsolutePath(),
        Map.of("busy_timeout", "10000", "journal_mode", "WAL", "synchronous", "FULL"),
        null,
        BATCH_PAUSE,
        SNAPSHOTS_KEPT);
  }

  /**
   * A catalog in PostgreSQL.
   *
   * @param url of the records
   */
  public static LakeSettings postgres(
      String root, String url, @Nullable String user, @Nullable Password password) {
    Map<String, String> properties = new LinkedHashMap<>();
    properties.put("loginTimeout", "10");
    properties.put("connectTimeout", "10");
    properties.put("socketTimeout", "60");
    properties.put("ApplicationName", "whorl-lake");
    if (user != null) {
      properties.put("user", user);
    }
    return new LakeSettings(root, url, properties, password, BATCH_PAUSE, SNAPSHOTS_KEPT);
  }

  /** The location of a folder, for other programs. */
  public static String location(Path folder) {
    return "file://" + folder.toAbsolutePath().normalize();
  }

  /** The same lake with other times. */
  public LakeSettings with(Duration batchPause, Duration snapshotsKept) {
    return new LakeSettings(
        root, catalogUrl, driverProperties, password, batchPause, snapshotsKept);
  }

  /** The properties of Iceberg's catalog; connections come from {@link CatalogConnections}. */
  Map<String, String> iceberg() {
    Map<String, String> properties = new LinkedHashMap<>();
    properties.put(CatalogProperties.URI, "the lake's catalog");
    properties.put(CatalogProperties.WAREHOUSE_LOCATION, root + "/lake");
    properties.put(CatalogProperties.METRICS_REPORTER_IMPL, QuietReporter.class.getName());
    properties.put("jdbc.schema-version", "V1");
    return properties;
  }

  /** Without the catalog's URL, which may have a password in it. */
  @Override
  public String toString() {
    return "lake " + root;
  }
}
