package whorl.collector.testkit;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import whorl.collector.store.database.PostgresAddress;
import whorl.collector.store.database.PostgresDatabase;

/**
 * A PostgreSQL server for the tests of this JVM, started at the first use, and a database of its
 * own for each test. Databases are emptied and used again under another name, because making and
 * dropping one takes most of a second. Tests are skipped where no server starts.
 */
public final class TestPostgres implements AutoCloseable {
  private static final AtomicInteger NUMBER = new AtomicInteger();
  private static final String TEMPLATE = "whorl_template";

  /** The names of databases without connections that have the rows of the template. */
  private static final Queue<String> EMPTIED = new ConcurrentLinkedQueue<>();

  private static @Nullable EmbeddedPostgres server;
  private static @Nullable String unavailable;

  private final EmbeddedPostgres running;
  private final String name;
  private final boolean ofTemplate;

  private TestPostgres(EmbeddedPostgres running, String name, boolean ofTemplate) {
    this.running = running;
    this.name = name;
    this.ofTemplate = ofTemplate;
  }

  /** A database with the current schema. */
  public static TestPostgres create() throws IOException {
    EmbeddedPostgres running = server();
    String emptied = EMPTIED.poll();
    return new TestPostgres(
        running, emptied == null ? made(running, " TEMPLATE " + TEMPLATE) : emptied, true);
  }

  /** A database without tables. */
  public static TestPostgres empty() throws IOException {
    EmbeddedPostgres running = server();
    return new TestPostgres(running, made(running, ""), false);
  }

  private static String made(EmbeddedPostgres running, String from) throws IOException {
    String name = newName();
    execute(running, "CREATE DATABASE " + name + from);
    return name;
  }

  private static String newName() {
    return "test_" + NUMBER.incrementAndGet();
  }

  private static synchronized EmbeddedPostgres server() throws IOException {
    if (server == null && unavailable == null) {
      EmbeddedPostgres started = started();
      if (started != null) {
        // Not within the attempt to start: a schema that cannot be made is a failure.
        execute(started, "CREATE DATABASE " + TEMPLATE);
        PostgresDatabase.open(address(started, TEMPLATE)).close();
        TestPostgresRows.keepInitial(started.getDatabase("postgres", TEMPLATE));
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
          .setServerConfig("autovacuum", "off")
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
    String emptied = newName();
    if (ofTemplate && isEmptied(emptied)) {
      EMPTIED.add(emptied);
    } else {
      execute(running, "DROP DATABASE IF EXISTS " + name + " WITH (FORCE)");
      execute(running, "DROP DATABASE IF EXISTS " + emptied + " WITH (FORCE)");
    }
  }

  /** Gives it that name, so that nothing that the test left finds it, and its first rows. */
  private boolean isEmptied(String as) {
    try (Connection connection = running.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(
          "SELECT pg_terminate_backend(pid, 2000) FROM pg_stat_activity WHERE datname = '"
              + name
              + "'");
      statement.execute("ALTER DATABASE " + name + " RENAME TO " + as);
      return TestPostgresRows.restoreInitial(running.getDatabase("postgres", as));
    } catch (SQLException e) {
      return false; // dropped, and the next test gets another
    }
  }
}
