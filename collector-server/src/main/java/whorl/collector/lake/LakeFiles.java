package whorl.collector.lake;

import static whorl.collector.timeline.StoredColumns.quoted;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;
import java.util.concurrent.TimeUnit;
import org.apache.iceberg.Schema;
import org.jspecify.annotations.Nullable;
import whorl.collector.timeline.StoredColumns;
import whorl.collector.timeline.Timeline;
import whorl.collector.timeline.TimelineQuery;

/**
 * Writes the rows of one piece of evidence as Parquet files of the table: at most two, whatever its
 * times are. One has the rows from the two days before the seal to the hour after it. The other has
 * those before and after: times of files, which may be years old, or forged. Otherwise the span of
 * every file would be years, and a question about a day would read all of them.
 */
final class LakeFiles {
  private static final Duration BEFORE_SEAL = Duration.ofDays(2);
  private static final Duration AFTER_SEAL = Duration.ofHours(1);
  private static final long MEMORY_MIB = 256;
  private static final int THREADS = 2;

  private final Timeline timeline;
  private final Path folder;

  /**
   * @param folder for temporary files
   */
  LakeFiles(Timeline timeline, Path folder) {
    this.timeline = timeline;
    this.folder = folder;
  }

  /**
   * Writes the files; the caller deletes them. Evidence without rows has none.
   *
   * @param schema the table's, with the ids that the columns have there
   */
  List<LakeFile> write(LakeSource source, Schema schema) throws IOException {
    Path export = Files.createTempFile(folder, source.evidence() + "-", ".parquet");
    List<LakeFile> files = new ArrayList<>();
    try (OutputStream out = Files.newOutputStream(export)) {
      timeline.parquet(TimelineQuery.of(source.evidence()).withStacks(true), out);
      out.close();
      String near = near(source.sealedAt());
      try (Connection duck = DriverManager.getConnection("jdbc:duckdb:")) {
        set(duck);
        for (String condition : List.of(near, "NOT (" + near + ")")) {
          Path file = Files.createTempFile(folder, source.evidence() + "-", ".rows");
          LakeFile written = null;
          try {
            written = copy(duck, source, schema, export, condition, file);
          } finally {
            if (written == null) {
              Files.deleteIfExists(file);
            }
          }
          if (written != null) {
            files.add(written);
          }
        }
      }
      return files;
    } catch (SQLException e) {
      delete(files);
      throw new IOException(
          "evidence " + source.evidence() + ": rows for the lake: " + e.getMessage(), e);
    } catch (IOException | RuntimeException e) {
      delete(files);
      throw e;
    } finally {
      Files.deleteIfExists(export);
    }
  }

  static void delete(List<LakeFile> files) throws IOException {
    for (LakeFile each : files) {
      Files.deleteIfExists(each.file());
    }
  }

  private void set(Connection duck) throws SQLException {
    try (Statement sql = duck.createStatement()) {
      sql.execute("SET threads = " + THREADS);
      sql.execute("SET memory_limit = '" + MEMORY_MIB + "MiB'");
      sql.execute("SET temp_directory = " + text(folder.resolve("spill")));
      sql.execute("SET TimeZone = 'UTC'");
      sql.execute("SET autoinstall_known_extensions = false");
      sql.execute("SET autoload_known_extensions = false");
    }
  }

  private static String near(Instant sealedAt) {
    return quoted(StoredColumns.NANOS)
        + " BETWEEN "
        + nanos(sealedAt.minus(BEFORE_SEAL))
        + " AND "
        + nanos(sealedAt.plus(AFTER_SEAL));
  }

  private static long nanos(Instant time) {
    return TimeUnit.SECONDS.toNanos(time.getEpochSecond()) + time.getNano();
  }

  /** Copies the rows for which the condition holds; null if there are none. */
  private static @Nullable LakeFile copy(
      Connection duck, LakeSource source, Schema schema, Path export, String condition, Path file)
      throws SQLException, IOException {
    String from = " FROM read_parquet(" + text(export) + ") WHERE " + condition;
    try (Statement sql = duck.createStatement();
        ResultSet count = sql.executeQuery("SELECT count(*)" + from)) {
      count.next();
      if (count.getLong(1) == 0) {
        return null;
      }
    }
    StringJoiner columns = new StringJoiner(", ");
    StringJoiner ids = new StringJoiner(", ", "{", "}");
    for (LakeColumn column : LakeColumn.ALL) {
      columns.add(column.source() + " AS " + quoted(column.name()));
      ids.add(quoted(column.name()) + ": " + schema.findField(column.name()).fieldId());
    }
    String copy =
        "COPY (SELECT "
            + columns
            + from
            + ") TO "
            + text(file)
            + " (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 20480, USE_TMP_FILE false,"
            + " FIELD_IDS "
            + ids
            + ")";
    try (PreparedStatement statement = duck.prepareStatement(copy)) {
      statement.setString(1, source.evidence().value());
      statement.setString(2, source.service());
      statement.setString(3, source.agent().value());
      statement.setString(4, source.capture().value());
      statement.setString(5, source.sealedAt().toString());
      statement.execute();
    }
    return new LakeFile(source, file, Files.size(file), LakeMetrics.of(duck, file, schema));
  }

  static String text(Path path) {
    return "'" + path.toAbsolutePath().toString().replace("'", "''") + "'";
  }
}
