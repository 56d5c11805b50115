package whorl.collector.store.database;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.SQLExceptionOverride;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;

/** The connections to a PostgreSQL database: at most ten, all with time limits. */
final class PostgresPool {
  private static final int CONNECTIONS = 10;
  private static final int CONNECT_SECONDS = 5;

  /** Above the statement's limit, which the server keeps itself while it can. */
  private static final int SOCKET_SECONDS = 40;

  private static final int PROBE_SECONDS = 5;
  private static final int MIGRATION_SOCKET_SECONDS = (int) TimeUnit.MINUTES.toSeconds(30);

  /** What was committed must be on the server's disk, whatever its defaults are. */
  private static final String SESSION =
      "SET statement_timeout = '30s'; SET lock_timeout = '10s';"
          + " SET idle_in_transaction_session_timeout = '15s';"
          + " SELECT set_config('synchronous_commit', 'on', false)"
          + " WHERE current_setting('synchronous_commit') = 'off'";

  private PostgresPool() {}

  static HikariDataSource open(PostgresAddress address) throws IOException {
    HikariConfig config = new HikariConfig();
    config.setPoolName("whorl-records");
    config.setDataSource(source(address, SOCKET_SECONDS));
    config.setMaximumPoolSize(CONNECTIONS);
    config.setMinimumIdle(1);
    config.setConnectionTimeout(Duration.ofSeconds(5).toMillis());
    config.setValidationTimeout(Duration.ofSeconds(3).toMillis());
    config.setKeepaliveTime(Duration.ofMinutes(1).toMillis());
    config.setMaxLifetime(Duration.ofMinutes(20).toMillis());
    config.setTransactionIsolation("TRANSACTION_READ_COMMITTED");
    config.setConnectionInitSql(SESSION);
    config.setExceptionOverride(new Evict());
    config.setInitializationFailTimeout(-1); // the server was checked just before
    return new HikariDataSource(config);
  }

  /**
   * Connections for migrations, which may take long and may wait for those of another collector.
   */
  static DataSource forMigrations(PostgresAddress address) throws IOException {
    return source(address, MIGRATION_SOCKET_SECONDS);
  }

  /** Connections that find out within seconds whether the server answers. */
  static DataSource forProbes(PostgresAddress address) throws IOException {
    PGSimpleDataSource source = source(address, PROBE_SECONDS);
    source.setSocketTimeout(PROBE_SECONDS);
    source.setLoginTimeout(PROBE_SECONDS);
    return source;
  }

  /**
   * @param socketSeconds for how long a connection waits for the server, unless the address says
   */
  static PGSimpleDataSource source(PostgresAddress address, int socketSeconds) throws IOException {
    PGSimpleDataSource source = address.dataSource();
    source.setConnectTimeout(CONNECT_SECONDS);
    source.setLoginTimeout(2 * CONNECT_SECONDS);
    if (source.getSocketTimeout() == 0) {
      source.setSocketTimeout(socketSeconds);
    }
    source.setTcpKeepAlive(true);
    source.setReWriteBatchedInserts(false); // else a batch does not say what it changed
    source.setApplicationName("whorl");
    if ("any".equals(source.getTargetServerType())) {
      source.setTargetServerType("primary");
    }
    return source;
  }

  /** A connection to a server that became a standby is of no use any more. */
  private static final class Evict implements SQLExceptionOverride {
    @java.lang.Override // SQLExceptionOverride has an Override of its own
    public Override adjudicate(SQLException e) {
      return PostgresErrors.isReadOnly(e) ? Override.MUST_EVICT : Override.CONTINUE_EVICT;
    }
  }
}
