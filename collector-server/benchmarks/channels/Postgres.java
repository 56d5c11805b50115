import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Locale;

/** The database of the measured collectors: what it was asked, and what that cost. */
final class Postgres implements AutoCloseable {
  private static final int STATEMENTS_SHOWN = 10;

  private final Connection database;

  /** To another database of the server, because Whorl wants its own for itself. */
  private final Connection statistics;

  private final long postmaster;

  /**
   * @param records the collectors' JDBC URL
   * @param postmaster its process
   */
  Postgres(String records, long postmaster) throws SQLException {
    this.database = DriverManager.getConnection(records);
    this.statistics = DriverManager.getConnection(records.replace("/whorl?", "/postgres?"));
    this.postmaster = postmaster;
  }

  /** Makes the agents known: each enrolment is an entry in custody, one after the other. */
  List<Agent> enrol(List<Agent> agents) throws SQLException {
    try (PreparedStatement row =
        database.prepareStatement(
            "INSERT INTO first_keys (agent, key_id, sequence, at_millis) VALUES (?, ?, 0, 0)")) {
      for (Agent agent : agents) {
        row.setString(1, agent.id());
        row.setString(2, agent.keyId());
        row.addBatch();
      }
      int[] unused = row.executeBatch();
    }
    return agents;
  }

  /** The statements that were executed, BEGIN and COMMIT included. */
  long statements() throws SQLException {
    return count(
        statistics,
        "SELECT coalesce(sum(calls), 0) FROM pg_stat_statements WHERE dbid = (SELECT oid FROM"
            + " pg_database WHERE datname = 'whorl')");
  }

  long rows(String table) throws SQLException {
    return count(database, "SELECT count(*) FROM " + table);
  }

  /** Prints the statements that were called most since the last call. */
  void printTop() throws SQLException {
    try (Statement statement = statistics.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SELECT calls, round(total_exec_time), left(regexp_replace(query, '\\s+', ' ',"
                    + " 'g'), 90) FROM pg_stat_statements WHERE dbid = (SELECT oid FROM pg_database"
                    + " WHERE datname = 'whorl') ORDER BY calls DESC LIMIT "
                    + STATEMENTS_SHOWN)) {
      while (rows.next()) {
        System.err.printf(
            Locale.ROOT,
            "    %7d calls %7d ms  %s%n",
            rows.getLong(1),
            rows.getLong(2),
            rows.getString(3));
      }
    }
    try (Statement statement = statistics.createStatement()) {
      statement.execute("SELECT pg_stat_statements_reset()");
    }
  }

  /** Of the processor, in all its processes. */
  double cpuSeconds() throws IOException {
    double seconds = ServerProcess.cpuSeconds(postmaster, true);
    for (ProcessHandle child :
        ProcessHandle.of(postmaster).orElseThrow().children().toList()) {
      try {
        seconds += ServerProcess.cpuSeconds(child.pid(), false);
      } catch (IOException ended) {
        // the postmaster has its time
      }
    }
    return seconds;
  }

  private static long count(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getLong(1);
    }
  }

  @Override
  public void close() throws SQLException {
    database.close();
    statistics.close();
  }
}
