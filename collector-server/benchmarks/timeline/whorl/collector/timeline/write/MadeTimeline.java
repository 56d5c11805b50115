package whorl.collector.timeline.write;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.EnumMap;
import java.util.Map;
import org.duckdb.DuckDBConnection;
import whorl.collector.timeline.Column;
import whorl.collector.timeline.StoredColumns;

/**
 * Makes the timeline that is searched: an hour of a busy shop, in the files that the index writes,
 * with what is asked for at known places. Of a million rows one names {@code dropper-2f61} and one
 * carries the id {@code 9c41d07be2aa5f13}; of 50,000 rows one is of {@code
 * /srv/shop/.cache/kswapd0}.
 */
public final class MadeTimeline {
  private static final long MEMORY_BYTES = 384L << 20;
  private static final long START_NANOS = 1_767_323_045_000_000_000L;
  private static final long HOUR_NANOS = 3_600_000_000_000L;

  private MadeTimeline() {}

  /** Arguments: an empty folder, and how many rows. */
  public static void main(String[] arguments) throws Exception {
    Path folder = Path.of(arguments[0]);
    long rows = Long.parseLong(arguments[1]);
    try (DuckDBConnection base =
            DriverManager.getConnection("jdbc:duckdb:").unwrap(DuckDBConnection.class);
        Statement sql = base.createStatement()) {
      sql.execute("SET memory_limit = '" + (MEMORY_BYTES >> 20) + "MiB'");
      sql.execute("SET temp_directory = " + ParquetFiles.text(folder.resolve("spill")));
      sql.execute("SET TimeZone = 'UTC'");
      sql.execute("SET preserve_insertion_order = false");
      Path unsorted = folder.resolve("unsorted.parquet");
      sql.execute(
          "COPY ("
              + table(rows)
              + ") TO "
              + ParquetFiles.text(unsorted)
              + " (FORMAT parquet, COMPRESSION snappy, ROW_GROUP_SIZE 8192)");
      sql.execute("SET preserve_insertion_order = true");
      StoredFiles stored = new StoredFiles(folder, base, sql);
      stored.rows(
          "read_parquet(" + ParquetFiles.text(unsorted) + ")", columns().keySet(), MEMORY_BYTES);
      Files.delete(unsorted);
      sql.execute("CREATE TABLE stacks AS " + STACKS);
      stored.stacks("stacks");
      sql.execute("CREATE TABLE requests AS " + REQUESTS);
      stored.requests("requests");
    }
    Files.deleteIfExists(folder.resolve("spill"));
  }

  /** 50,000 of some forty frames; one in 5,000 goes through a class that no other does. */
  private static final String STACKS =
      "SELECT i + 1 AS id, 'java.base/java.io.FileInputStream.open(FileInputStream.java:' || (i % 7"
          + " + 200) || ')' || chr(10) || string_agg('shop.' || ['cart','order','user','image'][("
          + "hash(i // 4 + f * 100003) % 4 + 1)::INT] || '.Service' || (hash(i // 2 + f * 200003) % 300) || '.handle"
          + "(Service.java:' || (hash(i + f * 300007) % 400) || ')', chr(10)) || CASE WHEN i % 5000 = 4999"
          + " THEN chr(10) || 'org.acme.deserialize.GadgetChain.readObject(GadgetChain.java:66)'"
          + " ELSE '' END || chr(10) || 'java.base/java.lang.Thread.run(Thread.java:840)' AS frames"
          + " FROM range(50000) a(i), range(38) b(f) GROUP BY i";

  private static final String ID = "lower(printf('%016x', hash(n // 9 + 100000007)))";
  private static final String PATH = "'/shop/product/' || hash(n // 9 + 200000007) % 100000";
  private static final String ADDRESS =
      "'10.' || hash(n // 9 + 300000007) % 4 || '.' || hash(n // 9 + 400000007) % 256 || '.7'";

  private static final String REQUESTS =
      "SELECT 'http-' || "
          + ID
          + " AS id, 'GET' AS method, "
          + PATH
          + " AS path, "
          + ADDRESS
          + " AS address FROM (SELECT (i * 9)::BIGINT AS n FROM range(100000) a(i))";

  private static Map<Column, String> columns() {
    Map<Column, String> columns = new EnumMap<>(Column.class);
    columns.put(Column.KIND, "'event'");
    columns.put(
        Column.CATEGORY, "CASE WHEN k < 4 THEN 'file' WHEN k < 7 THEN 'network' WHEN k = 7 THEN"
            + " 'web' ELSE 'process' END");
    columns.put(Column.TYPE, "CASE WHEN k < 4 THEN 'access' ELSE 'info' END");
    columns.put(
        Column.ACTION,
        "CASE WHEN k < 4 THEN 'whorl.FileOpen' WHEN k < 6 THEN 'whorl.DnsLookup' WHEN k = 6 THEN"
            + " 'jdk.SocketRead' WHEN k = 7 THEN 'whorl.HttpRequest' WHEN n % 20011 = 5 THEN"
            + " 'whorl.ProcessStart' ELSE 'jdk.ExecutionSample' END");
    columns.put(Column.DATASET, "'recording.jfr'");
    columns.put(Column.DURATION, "CASE WHEN k > 5 THEN (hash(n + 700000007) % 50000000)::BIGINT END");
    columns.put(Column.SEQUENCE, "CASE WHEN k < 6 THEN n END");
    columns.put(
        Column.MESSAGE,
        "CASE WHEN k < 4 THEN 'opened ' || file || ' to read' WHEN k < 6 THEN 'looked up ' || host"
            + " || ': ' || ip WHEN k = 6 THEN 'Socket Read: host=' || host || ', port=443,"
            + " bytesRead=' || hash(n + 800000007) % 90000 WHEN k = 7 THEN 'GET ' || path || '?session=' ||"
            + " session || ' from ' || address || ', answered ' || status ELSE 'Method Profiling"
            + " Sample: state=STATE_RUNNABLE' END");
    columns.put(Column.THREAD_NAME, "'http-worker-' || hash(n // 9 + 900000007) % 32");
    columns.put(Column.THREAD_ID, "(hash(n // 9 + 900000007) % 32 + 40)::BIGINT");
    columns.put(Column.REQUEST_ID, "CASE WHEN k < 8 THEN 'http-' || id END");
    columns.put(Column.REQUEST_METHOD, "CASE WHEN k = 7 THEN 'GET' END");
    columns.put(Column.URL_PATH, "CASE WHEN k = 7 THEN path END");
    columns.put(Column.URL_QUERY, "CASE WHEN k = 7 THEN 'session=' || session END");
    columns.put(Column.RESPONSE_STATUS, "CASE WHEN k = 7 THEN status END");
    columns.put(Column.SOURCE_IP, "CASE WHEN k = 7 THEN address END");
    columns.put(Column.USER_AGENT, "CASE WHEN k = 7 THEN agent END");
    columns.put(Column.FILE_PATH, "CASE WHEN k < 4 THEN file END");
    columns.put(Column.DNS_NAME, "CASE WHEN k IN (4, 5) THEN host END");
    columns.put(Column.DNS_ADDRESSES, "CASE WHEN k IN (4, 5) THEN ip END");
    columns.put(Column.DESTINATION_DOMAIN, "CASE WHEN k = 6 THEN host END");
    columns.put(Column.DESTINATION_PORT, "CASE WHEN k = 6 THEN 443 END");
    columns.put(
        Column.FIELDS,
        "CASE WHEN k < 4 THEN '{\"path\":\"' || file || '\",\"access\":\"read\",\"created\":false,"
            + "\"requestId\":\"http-' || id || '\"}' WHEN k < 6 THEN '{\"host\":\"' || host ||"
            + " '\",\"addresses\":\"' || ip || '\",\"requestId\":\"http-' || id || '\"}' WHEN k = 6"
            + " THEN '{\"host\":\"' || host || '\",\"address\":\"' || ip || '\",\"port\":443,"
            + "\"timeout\":0,\"bytesRead\":' || hash(n + 800000007) % 90000 || ',\"endOfStream\":false}' WHEN"
            + " k = 7 THEN '{\"method\":\"GET\",\"path\":\"' || path || '\",\"query\":\"session=' ||"
            + " session || '\",\"remoteAddress\":\"' || address || '\",\"status\":' || status ||"
            + " ',\"userAgent\":\"' || agent || '\",\"requestId\":\"http-' || id || '\"}' ELSE"
            + " '{\"sampledThread\":\"http-worker-' || hash(n // 9 + 900000007) % 32 || '\",\"state\":"
            + "\"STATE_RUNNABLE\"}' END");
    return columns;
  }

  private static String table(long rows) {
    StringBuilder plain = new StringBuilder();
    for (Column column : StoredColumns.plain()) {
      String type = column.kind() == Column.Kind.TEXT ? "VARCHAR" : "BIGINT";
      plain.append(", (").append(columns().getOrDefault(column, "NULL")).append(")::").append(type);
      plain.append(" AS ").append(StoredColumns.quoted(column.columnName()));
    }
    return "SELECT t AS corrected, t AS nanos, t AS agent_nanos, n AS ordinal, stack, 640::BIGINT"
        + " AS bytes"
        + plain
        + " FROM ("
        + source(rows)
        + ")";
  }

  /** What the columns of each row are made of. */
  private static String source(long rows) {
    return "SELECT *, CASE WHEN n % 1000003 = 7 THEN '/tmp/dropper-2f61.sh' WHEN n % 50000 = 9 THEN"
        + " '/srv/shop/.cache/kswapd0' ELSE '/srv/shop/images/' || hash(n + 1000000007) % 50000 || '/large-'"
        + " || hash(n + 1100000007) % 9 || '.png' END AS file, CASE WHEN n % 1000003 IN (7, 11) OR n % 50000"
        + " = 9 THEN 0 ELSE (hash(n + 1200000007) % 10)::INT END AS k FROM (SELECT n, "
        + START_NANOS
        + " + n * "
        + HOUR_NANOS / rows
        + " + (hash(n + 1300000007) % 400000)::BIGINT AS t, CASE WHEN n % 1000003 = 11 THEN"
        + " '9c41d07be2aa5f13' ELSE "
        + ID
        + " END AS id, "
        + PATH
        + " AS path, "
        + ADDRESS
        + " AS address, CASE hash(n // 9 + 1400000007) % 40 WHEN 0 THEN 'curl/8.5.0' ELSE 'Mozilla/5.0 (X11;"
        + " Linux x86_64; rv:' || hash(n // 9 + 1400000007) % 40 || '.0)' END AS agent, 'service-' ||"
        + " hash(n + 1500000007) % 5000 || '.shop.example' AS host, '10.9.' || hash(n + 1600000007) % 256 || '.' ||"
        + " hash(n + 1700000007) % 256 AS ip, lower(printf('%016x', hash(n + 1800000007))) AS session, CASE WHEN"
        + " hash(n + 1900000007) % 5000 = 0 THEN 500 ELSE 200 END AS status, CASE WHEN hash(n + 2000000007) % 3 = 0"
        + " THEN (hash(n + 2100000007) % 50000)::BIGINT + 1 WHEN hash(n + 2000000007) % 3 = 1 THEN (hash(n + 2100000007) %"
        + " 64)::BIGINT + 1 END AS stack FROM (SELECT i::BIGINT AS n FROM range("
        + rows
        + ") a(i)))";
  }
}
