package whorl.collector.store.database;

import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Checks that a server can hold the records. */
final class PostgresServer {
  private static final Logger LOG = LoggerFactory.getLogger(PostgresServer.class);
  private static final int LEAST_VERSION = 150_000;
  private static final int CHECK_SECONDS = 20;
  private static final int MAJOR = 10_000;

  private PostgresServer() {}

  static void check(PostgresAddress address, String name) throws IOException {
    try (Connection connection = PostgresPool.source(address, CHECK_SECONDS).getConnection();
        Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT CAST(current_setting('server_version_num') AS int),"
                    + " current_setting('server_encoding'), current_setting('fsync'),"
                    + " current_schema()")) {
      row.next();
      String problem = problem(row.getInt(1), row.getString(2), row.getString(4));
      if (problem != null) {
        throw new IOException(name + ": " + problem);
      }
      if ("off".equals(row.getString(3))) {
        LOG.warn("{} has fsync off: what it acknowledges can be lost; turn it on", name);
      }
    } catch (SQLException e) {
      throw PostgresErrors.failed(name, e);
    }
  }

  /** Why this server cannot be used; null if it can. */
  static @Nullable String problem(int version, String encoding, @Nullable String schema) {
    if (version < LEAST_VERSION) {
      return "the server has version "
          + version / MAJOR
          + ", and Whorl needs PostgreSQL "
          + LEAST_VERSION / MAJOR
          + " or newer";
    }
    if (!"UTF8".equals(encoding)) {
      return "it stores text as "
          + encoding
          + ", and Whorl needs UTF8: CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0";
    }
    return schema == null
        ? "its user has no schema; create the one that currentSchema names, or let the user have"
            + " the schema public"
        : null;
  }
}
