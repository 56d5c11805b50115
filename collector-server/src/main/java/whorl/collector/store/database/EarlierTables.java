package whorl.collector.store.database;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.flywaydb.core.api.MigrationVersion;
import org.flywaydb.core.api.migration.Context;
import org.flywaydb.core.api.migration.JavaMigration;
import org.jspecify.annotations.Nullable;

/**
 * Upgrades SQLite tables of the versions of Whorl before migrations, 0.1.0 and earlier, to the form
 * that migration 1 creates where they are missing. Those versions wrote the version of each ledger
 * to the table {@code ledger_versions}.
 */
final class EarlierTables implements JavaMigration {
  /** The last versions of the ledgers before migrations. */
  private static final Map<String, Integer> LAST_VERSIONS =
      Map.of(
          "agents",
          1,
          "alerts",
          3,
          "captures",
          1,
          "cases",
          1,
          "custody-end",
          1,
          "enrolments",
          2,
          "indicators",
          1,
          "journal",
          2,
          "rules",
          1);

  /** A ledger has a version that did not exist before migrations. */
  static final class Newer extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Newer(String message) {
      super(message);
    }
  }

  @Override
  public MigrationVersion getVersion() {
    return MigrationVersion.fromVersion("0.1");
  }

  @Override
  public String getDescription() {
    return "tables of versions before migrations";
  }

  @Override
  public @Nullable Integer getChecksum() {
    return null;
  }

  @Override
  public boolean canExecuteInTransaction() {
    return true;
  }

  @Override
  public void migrate(Context context) throws SQLException {
    Connection connection = context.getConnection();
    refuseNewer(connection);
    List<String> evidence = columns(connection, "evidence");
    if (!evidence.isEmpty() && !evidence.contains("class")) {
      run(connection, "DROP TABLE evidence"); // recovery fills the new one from the records
    }
    // Rows of the first version have no time and count as old.
    List<String> alerts = columns(connection, "alerts");
    if (!alerts.isEmpty() && !alerts.contains("at")) {
      run(connection, "ALTER TABLE alerts ADD COLUMN at INTEGER NOT NULL DEFAULT 0");
      run(connection, "ALTER TABLE alerts ADD COLUMN outside INTEGER NOT NULL DEFAULT 0");
      run(connection, "UPDATE alerts SET outside = 1 WHERE source NOT IN ('whorl', 'collector')");
    }
    if (!alerts.isEmpty() && !alerts.contains("part")) {
      run(connection, "ALTER TABLE alerts ADD COLUMN part INTEGER NOT NULL DEFAULT 0");
    }
    List<String> journal = columns(connection, "journal");
    if (!journal.isEmpty() && !journal.contains("at")) {
      run(connection, "ALTER TABLE journal ADD COLUMN at INTEGER NOT NULL DEFAULT 0");
    }
    // Version 1 has no times; custody fills the new table.
    run(connection, "DROP TABLE IF EXISTS enrolments");
  }

  private static void refuseNewer(Connection connection) throws SQLException {
    if (columns(connection, "ledger_versions").isEmpty()) {
      return;
    }
    Map<String, Integer> found = new TreeMap<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT ledger, version FROM ledger_versions")) {
      while (rows.next()) {
        found.put(rows.getString(1), rows.getInt(2));
      }
    }
    found.forEach(
        (ledger, version) -> {
          int last = LAST_VERSIONS.getOrDefault(ledger, 0);
          if (version > last) {
            throw new Newer(
                "ledger "
                    + ledger
                    + " has version "
                    + version
                    + ", this Whorl reads "
                    + last
                    + "; start the newer Whorl, or another data folder");
          }
        });
  }

  /** The names of a table's columns; none if it does not exist. */
  private static List<String> columns(Connection connection, String table) throws SQLException {
    List<String> columns = new ArrayList<>();
    try (PreparedStatement statement =
        connection.prepareStatement("SELECT name FROM pragma_table_info(?)")) {
      statement.setString(1, table);
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          columns.add(rows.getString(1));
        }
      }
    }
    return columns;
  }

  private static void run(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
