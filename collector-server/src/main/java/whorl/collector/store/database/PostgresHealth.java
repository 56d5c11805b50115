package whorl.collector.store.database;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.collector.thread.DaemonThreads;

/**
 * Whether a PostgreSQL database can be used. It is tried every two seconds on a connection of its
 * own, so a busy pool is not taken for a server that does not answer. If a second connection gets
 * no answer either, the server is away: no statement is sent until it answers again.
 */
final class PostgresHealth implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(PostgresHealth.class);
  private static final Duration INTERVAL = Duration.ofSeconds(2);

  private final DataSource connections;
  private final String name;
  private final Runnable whenAway;
  private final ScheduledExecutorService prober;
  private @Nullable Connection own;
  private volatile @Nullable String failure;
  private volatile @Nullable String away;

  /**
   * @param connections whose waits are limited to a few seconds
   * @param whenAway is called when the server is found to be away; must return soon
   */
  PostgresHealth(DataSource connections, String name, Runnable whenAway) {
    this.connections = connections;
    this.name = name;
    this.whenAway = whenAway;
    this.prober = Executors.newSingleThreadScheduledExecutor(new DaemonThreads("whorl-database"));
    ScheduledFuture<?> unused = // probe() reports its failures
        prober.scheduleWithFixedDelay(
            this::probe, INTERVAL.toMillis(), INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
  }

  @Nullable String failure() {
    return failure;
  }

  /** Why no statement is sent now; null if statements are sent. */
  @Nullable String away() {
    return away;
  }

  /** A statement has failed. */
  void failed(PostgresErrors.Failed failed) {
    if (failed.isUnusable()) {
      failed(failed.getMessage());
    }
  }

  private void failed(@Nullable String message) {
    if (failure == null) {
      LOG.warn("the database cannot be used: {}", message);
    }
    failure = String.valueOf(message);
  }

  private void probe() {
    try {
      if (own == null || !isAnswering()) {
        own = connections.getConnection();
        ask(own);
      }
      if (failure != null || away != null) {
        LOG.warn("the database can be used again: {}", name);
        failure = null;
        away = null;
      }
    } catch (SQLException e) {
      closeOwn();
      PostgresErrors.Failed failed = PostgresErrors.failed(name, e);
      if (PostgresErrors.isConnection(e) && !PostgresErrors.isReadOnly(e)) {
        failed(failed.getMessage());
        away = failed.getMessage();
        whenAway.run();
      } else {
        failed(failed);
      }
    } catch (RuntimeException e) {
      closeOwn();
      LOG.error("{} could not be tried; it is tried again", name, e);
    }
  }

  /** False if the connection broke: the next one decides. */
  private boolean isAnswering() throws SQLException {
    Connection connection = own;
    try {
      if (connection != null) {
        ask(connection);
      }
      return connection != null;
    } catch (SQLException e) {
      if (!PostgresErrors.isConnection(e)) {
        throw e;
      }
      closeOwn();
      return false;
    }
  }

  private void ask(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      if (failure == null) {
        statement.execute("SELECT 1");
      } else {
        // on a full disk and on a standby, queries work and writes do not
        statement.executeUpdate("UPDATE schema_readers SET least_version = least_version");
      }
    }
  }

  private void closeOwn() {
    Connection broken = own;
    own = null;
    if (broken != null) {
      try {
        broken.close();
      } catch (SQLException e) {
        LOG.debug("{}: a broken connection could not be closed", name, e);
      }
    }
  }

  @Override
  public void close() {
    if (!prober.isShutdown()) {
      prober.execute(this::closeOwn);
      prober.shutdown();
    }
  }
}
