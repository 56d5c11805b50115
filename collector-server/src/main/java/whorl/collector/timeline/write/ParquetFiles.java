package whorl.collector.timeline.write;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import org.duckdb.DuckDBAppender;
import org.duckdb.DuckDBConnection;
import org.duckdb.DuckDBFunctions;
import whorl.collector.timeline.read.EvidenceReader;
import whorl.collector.timeline.read.IndexPlan;
import whorl.collector.timeline.read.ManifestFacts;
import whorl.collector.timeline.read.rows.Requests;

/** Writes a timeline's files with DuckDB, in time order, in bounded memory. */
final class ParquetFiles {
  private static final String UNSORTED = "unsorted.parquet";

  private final IndexPlan plan;
  private final ManifestFacts manifest;
  private final Path folder;
  private final int threads;

  ParquetFiles(IndexPlan plan, ManifestFacts manifest, Path folder, int threads) {
    this.plan = plan;
    this.manifest = manifest;
    this.folder = folder;
    this.threads = threads;
  }

  /**
   * @return the number of rows
   */
  long write(EvidenceReader reader, RowFunction.Progress progress) throws IOException {
    try (DuckDBConnection base =
            DriverManager.getConnection("jdbc:duckdb:").unwrap(DuckDBConnection.class);
        Statement sql = base.createStatement()) {
      sql.execute("SET threads = " + threads);
      sql.execute("SET memory_limit = '" + (plan.memoryBytes() >> 20) + "MiB'");
      sql.execute("SET temp_directory = " + text(folder.resolve("spill")));
      sql.execute("SET TimeZone = 'UTC'");
      RowFunction function = new RowFunction(reader, threads, progress);
      DuckDBFunctions.tableFunction().withName("whorl_rows").withFunction(function).register(base);
      sql.execute("SET preserve_insertion_order = false");
      sql.execute(unsorted());
      reader.close();
      sql.execute("SET preserve_insertion_order = true");
      StoredFiles stored = new StoredFiles(folder, base, sql);
      Path unsorted = folder.resolve(UNSORTED);
      String table = "read_parquet(" + text(unsorted) + ")";
      long rows = stored.rows(table, function.used(), plan.memoryBytes());
      Files.delete(unsorted);
      stacks(base, sql);
      stored.stacks("stacks");
      sql.execute("DROP TABLE stacks");
      requests(base, sql, reader.requests());
      stored.requests("requests");
      return rows;
    } catch (SQLException e) {
      throw new IOException("rows can't be written as Parquet: " + e.getMessage(), e);
    }
  }

  /** SQL that copies all rows unsorted. */
  private String unsorted() {
    Long millis = manifest.clockOffsetMillis();
    long offset = millis == null ? 0 : millis * 1_000_000;
    return "COPY (SELECT nanos + CASE WHEN agent_nanos IS NULL THEN 0 ELSE "
        + offset
        + " END AS corrected, * FROM whorl_rows()) TO "
        + text(folder.resolve(UNSORTED))
        + " (FORMAT parquet, COMPRESSION snappy, ROW_GROUP_SIZE 8192)";
  }

  private void stacks(DuckDBConnection base, Statement sql) throws SQLException, IOException {
    sql.execute("CREATE TABLE stacks (id BIGINT NOT NULL, frames VARCHAR NOT NULL)");
    Path file = EvidenceReader.stacksFile(folder);
    long remaining = Files.size(file);
    try (DataInputStream in =
            new DataInputStream(new BufferedInputStream(Files.newInputStream(file), 1 << 16));
        DuckDBAppender appender = base.createAppender("main", "stacks")) {
      while (remaining > 0) {
        long id = in.readLong();
        byte[] frames = new byte[in.readInt()];
        in.readFully(frames);
        remaining -= Long.BYTES + Integer.BYTES + frames.length;
        appender.beginRow();
        appender.append(id);
        appender.append(new String(frames, StandardCharsets.UTF_8));
        appender.endRow();
      }
    }
    Files.delete(file);
  }

  private void requests(DuckDBConnection base, Statement sql, Requests requests)
      throws SQLException {
    sql.execute(
        "CREATE TABLE requests (id VARCHAR NOT NULL, method VARCHAR, path VARCHAR,"
            + " address VARCHAR)");
    try (DuckDBAppender appender = base.createAppender("main", "requests")) {
      for (Requests.Request request : requests.all()) {
        appender.beginRow();
        appender.append(request.id());
        appender.append(request.method());
        appender.append(request.path());
        appender.append(request.address());
        appender.endRow();
      }
    }
  }

  static String text(Path path) {
    return "'" + path.toString().replace("'", "''") + "'";
  }
}
