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

/** Whether a PostgreSQL database can be used. It is tried every two seconds. */
final class PostgresHealth implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(PostgresHealth.class);
  private static final Duration INTERVAL = Duration.ofSeconds(2);

  private final DataSource connections;
  private final String name;
  private final ScheduledExecutorService prober;
  private volatile @Nullable String failure;

  PostgresHealth(DataSource connections, String name) {
    this.connections = connections;
    this.name = name;
    this.prober =
        Executors.newSingleThreadScheduledExecutor(
            work -> {
              Thread thread = new Thread(work, "whorl-database");
              thread.setDaemon(true);
              return thread;
            });
    ScheduledFuture<?> unused = // probe() reports its failures
        prober.scheduleWithFixedDelay(
            this::probe, INTERVAL.toMillis(), INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
  }

  @Nullable String failure() {
    return failure;
  }

  /** A statement has failed. */
  void failed(PostgresErrors.Failed failed) {
    if (failed.unusable()) {
      if (failure == null) {
        LOG.warn("the database cannot be used: {}", failed.getMessage());
      }
      failure = String.valueOf(failed.getMessage());
    }
  }

  private void probe() {
    try (Connection connection = connections.getConnection();
        Statement statement = connection.createStatement()) {
      if (failure == null) {
        statement.execute("SELECT 1");
        return;
      }
      // on a full disk and on a standby, queries work and writes do not
      statement.executeUpdate("UPDATE schema_readers SET least_version = least_version");
      LOG.warn("the database can be used again: {}", name);
      failure = null;
    } catch (SQLException e) {
      failed(PostgresErrors.failed(name, e));
    } catch (RuntimeException e) {
      LOG.error("{} could not be tried; it is tried again", name, e);
    }
  }

  @Override
  public void close() {
    prober.shutdownNow();
  }
}
