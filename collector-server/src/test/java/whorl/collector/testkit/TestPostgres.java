package whorl.collector.testkit;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import whorl.collector.store.database.PostgresAddress;
import whorl.collector.store.database.PostgresDatabase;

/**
 * A PostgreSQL server for the tests of this JVM, started at the first use, and a database of its
 * own for each test. Tests are skipped where no server starts.
 */
public final class TestPostgres implements AutoCloseable {
  private static final AtomicInteger NUMBER = new AtomicInteger();
  private static final String TEMPLATE = "whorl_template";
  private static @Nullable EmbeddedPostgres server;
  private static @Nullable String unavailable;

  private final EmbeddedPostgres running;
  private final String name;

  private TestPostgres(EmbeddedPostgres running, String name) {
    this.running = running;
    this.name = name;
  }

  /** A database with the current schema. */
  public static TestPostgres create() throws IOException {
    return create(" TEMPLATE " + TEMPLATE);
  }

  /** A database without tables. */
  public static TestPostgres empty() throws IOException {
    return create("");
  }

  private static TestPostgres create(String from) throws IOException {
    EmbeddedPostgres running = server();
    String name = "test_" + NUMBER.incrementAndGet();
    execute(running, "CREATE DATABASE " + name + from);
    return new TestPostgres(running, name);
  }

  private static synchronized EmbeddedPostgres server() throws IOException {
    if (server == null && unavailable == null) {
      EmbeddedPostgres started = started();
      if (started != null) {
        // Not within the attempt to start: a schema that cannot be made is a failure.
        execute(started, "CREATE DATABASE " + TEMPLATE);
        PostgresDatabase.open(address(started, TEMPLATE)).close();
        server = started;
      }
    }
    Assumptions.assumeTrue(server != null, unavailable);
    return server;
  }

  private static @Nullable EmbeddedPostgres started() {
    try {
      return EmbeddedPostgres.builder()
          .setPGStartupWait(Duration.ofMinutes(1))
          .setServerConfig("max_connections", "200")
          .start();
    } catch (IOException | RuntimeException e) {
      unavailable = "PostgreSQL does not start here: " + e;
      return null;
    }
  }

  public PostgresAddress address() {
    return address(running, name);
  }

  /** The port on 127.0.0.1. */
  public int port() {
    return running.getPort();
  }

  public String name() {
    return name;
  }

  /** A connection of the superuser to this database. */
  public Connection connection() throws SQLException {
    return running.getDatabase("postgres", name).getConnection();
  }

  private static PostgresAddress address(EmbeddedPostgres server, String database) {
    return new PostgresAddress(
        "jdbc:postgresql://127.0.0.1:" + server.getPort() + "/" + database, "postgres", null);
  }

  private static void execute(EmbeddedPostgres server, String sql) throws IOException {
    try (Connection connection = server.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new IOException(sql + ": " + e.getMessage(), e);
    }
  }

  @Override
  public void close() throws IOException {
    execute(running, "DROP DATABASE " + name + " WITH (FORCE)");
  }
}
