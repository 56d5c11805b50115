package whorl.collector.store.database;

import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.function.Function;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import org.flywaydb.core.api.migration.JavaMigration;

/**
 * Brings a schema up to date by Flyway. The migrations are in {@code
 * whorl/collector/migrations/{sqlite/catalog,sqlite/cases,postgresql}}, and their history is in the
 * table {@code schema_history}.
 *
 * <p>While a fleet of collectors is upgraded, two versions use one schema. So migrations only add,
 * and the table {@code schema_readers} names the least schema version that a Whorl must know to use
 * it. A migration that earlier versions do not survive raises that number; then they are refused.
 */
final class Migrations {
  private static final String FOLDER = "classpath:whorl/collector/migrations/";

  /** Attempts, one a second, to get the lock that another collector has while it migrates. */
  private static final int LOCK_ATTEMPTS = 600;

  private final Flyway flyway;
  private final DataSource source;
  private final String name;
  private final Function<SQLException, IOException> failure;

  private Migrations(
      FluentConfiguration configuration,
      DataSource source,
      String name,
      Function<SQLException, IOException> failure) {
    this.flyway =
        configuration
            .dataSource(source)
            .loggers(MigrationLogs.class.getName())
            .table("schema_history")
            .placeholderReplacement(false)
            .lockRetryCount(LOCK_ATTEMPTS)
            .failOnMissingLocations(true)
            .load();
    this.source = source;
    this.name = name;
    this.failure = failure;
  }

  static Migrations postgres(DataSource source, String name) {
    return new Migrations(
        new FluentConfiguration().locations(FOLDER + "postgresql"),
        source,
        name,
        e -> PostgresErrors.failed(name, e));
  }

  /**
   * @param schema {@code catalog} or {@code cases}
   * @param earlier upgrades tables of the time before migrations
   */
  static Migrations sqlite(
      DataSource source,
      String schema,
      String name,
      JavaMigration earlier,
      Function<SQLException, IOException> failure) {
    return new Migrations(
        new FluentConfiguration()
            .locations(FOLDER + "sqlite/" + schema)
            .javaMigrations(earlier)
            .baselineOnMigrate(true)
            .baselineVersion("0"),
        source,
        name,
        failure);
  }

  void run() throws IOException {
    try {
      flyway.migrate(); // does nothing on the schema of a newer Whorl
      refuseNewer();
    } catch (SQLException e) {
      throw failure.apply(e);
    } catch (FlywayException e) {
      throw failed(e);
    }
  }

  private void refuseNewer() throws SQLException, IOException {
    int known =
        Arrays.stream(flyway.info().all())
            .filter(migration -> migration.getState().isResolved())
            .mapToInt(migration -> migration.getVersion().getMajor().intValueExact())
            .max()
            .orElseThrow();
    try (Connection connection = source.getConnection();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT max(least_version) FROM schema_readers")) {
      row.next();
      int least = row.getInt(1);
      if (least > known) {
        throw new IOException(
            name
                + " was changed by a newer Whorl: its schema needs one that knows version "
                + least
                + ", and this one knows "
                + known
                + "; start the newer Whorl");
      }
    }
  }

  private IOException failed(FlywayException e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLException sql) {
        IOException failed = failure.apply(sql);
        failed.addSuppressed(e);
        return failed;
      }
      if (cause instanceof EarlierTables.Newer newer) {
        return new IOException(name + ": " + newer.getMessage(), e);
      }
    }
    String message = String.valueOf(e.getMessage());
    if (message.contains("non-empty schema")) {
      return new IOException(
          name
              + " has tables of another program; give Whorl a database of its own, or a schema:"
              + " …?currentSchema=whorl",
          e);
    }
    return new IOException(
        name + ": its schema could not be brought up to date: " + message.strip(), e);
  }
}
