package whorl.collector.timeline.query;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Properties;
import java.util.stream.Collectors;
import org.duckdb.DuckDBConnection;
import org.duckdb.DuckDBDriver;
import whorl.collector.store.disk.Modes;

/**
 * One DuckDB in memory that stores nothing and reads Parquet files. Its memory and threads are
 * bounded for every query. It loads no extensions, and queries cannot change its settings.
 * Thread-safe: each query has its own connection.
 */
final class Duck implements AutoCloseable {
  private static final int THREADS_MAX = 4;

  private final DuckDBConnection root;

  private Duck(DuckDBConnection root) {
    this.root = root;
  }

  /** Reads a result. */
  interface Reader {
    void read(ResultSet result) throws SQLException, IOException;
  }

  /**
   * @param folder for data that does not fit into memory
   */
  static Duck open(Path folder, long memoryBytes) throws IOException {
    Files.createDirectories(folder, Modes.folder());
    Properties streaming = new Properties();
    streaming.setProperty(DuckDBDriver.JDBC_STREAM_RESULTS, "true");
    int threads = Math.max(1, Math.min(THREADS_MAX, Runtime.getRuntime().availableProcessors()));
    try {
      DuckDBConnection root =
          DriverManager.getConnection("jdbc:duckdb:", streaming).unwrap(DuckDBConnection.class);
      try (Statement sql = root.createStatement()) {
        sql.execute("SET threads = " + threads);
        sql.execute("SET memory_limit = '" + (memoryBytes >> 20) + "MiB'");
        sql.execute("SET temp_directory = " + text(folder.resolve("spill")));
        sql.execute("SET TimeZone = 'UTC'");
        sql.execute("SET autoinstall_known_extensions = false");
        sql.execute("SET autoload_known_extensions = false");
        sql.execute("SET parquet_metadata_cache = true");
        // The kernel caches these files already, and DuckDB pads each part of one to whole blocks:
        // 31 MiB of timelines took 390 MiB of memory.
        sql.execute("SET enable_external_file_cache = false");
        sql.execute("SET lock_configuration = true");
      }
      return new Duck(root);
    } catch (SQLException e) {
      throw new IOException("DuckDB can't be started: " + e.getMessage(), e);
    }
  }

  void query(String sql, List<Object> arguments, Reader reader) throws IOException {
    try (Connection connection = root.duplicate();
        PreparedStatement statement = prepared(connection, sql, arguments);
        ResultSet result = statement.executeQuery()) {
      reader.read(result);
    } catch (SQLException e) {
      throw failed(e);
    }
  }

  /** Writes the result of {@code sql} to a Parquet file. */
  void copy(String sql, List<Object> arguments, Path file) throws IOException {
    try (Connection connection = root.duplicate();
        PreparedStatement statement =
            prepared(
                connection,
                "COPY ("
                    + sql
                    + ") TO "
                    + text(file)
                    + " (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 20480)",
                arguments)) {
      statement.execute();
    } catch (SQLException e) {
      throw failed(e);
    }
  }

  @Override
  public void close() throws IOException {
    try {
      root.close();
    } catch (SQLException e) {
      throw failed(e);
    }
  }

  /** SQL for these files as one table. */
  static String parquet(List<Path> files) {
    return "read_parquet("
        + files.stream().map(Duck::text).collect(Collectors.joining(", ", "[", "]"))
        + ")";
  }

  static String text(Path path) {
    return "'" + path.toAbsolutePath().toString().replace("'", "''") + "'";
  }

  private static PreparedStatement prepared(
      Connection connection, String sql, List<Object> arguments) throws SQLException {
    PreparedStatement statement = connection.prepareStatement(sql);
    for (int i = 0; i < arguments.size(); i++) {
      statement.setObject(i + 1, arguments.get(i));
    }
    return statement;
  }

  private static IOException failed(SQLException e) {
    return new IOException("the timeline can't be read: " + e.getMessage(), e);
  }
}
