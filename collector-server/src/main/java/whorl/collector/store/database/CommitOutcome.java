package whorl.collector.store.database;

import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Whether a transaction took effect whose connection broke during the commit. PostgreSQL knows each
 * transaction by its number (its manual, "Transaction ID and Snapshot Information Functions"). A
 * server that crashed gives the numbers of transactions that it lost to others: so that a number is
 * committed says something only if the server has not started or recovered since.
 */
enum CommitOutcome {
  COMMITTED,
  UNDONE,
  UNKNOWN;

  /** The server may need a moment to notice that the connection is gone. */
  private static final Duration WAIT = Duration.ofSeconds(10);

  /** After a crash, the server begins its statistics anew. */
  private static final String RUN =
      "concat(pg_postmaster_start_time(), ' ', pg_stat_get_bgwriter_stat_reset_time())";

  private static final long FIRST_PAUSE_MILLIS = 50;
  private static final long MAX_PAUSE_MILLIS = 1_000;

  /**
   * A transaction that has changed something.
   *
   * @param run differs after each start of the server, and each recovery of a server that goes on
   */
  record Transaction(String number, String run) {}

  /**
   * What the server says about the number of a transaction.
   *
   * @param status as PostgreSQL calls it; null if it has forgotten
   */
  record Answer(@Nullable String status, String run) {}

  /** Asks, on another connection, about the number of a transaction. */
  @FunctionalInterface
  interface Question {
    Answer ask(String number) throws IOException;
  }

  /**
   * The connection's transaction, before its commit; null if it has changed nothing.
   *
   * @param failure makes an exception of a failure
   */
  static @Nullable Transaction transaction(
      Connection connection, Function<SQLException, PostgresErrors.Failed> failure)
      throws IOException {
    try (Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SELECT CAST(pg_current_xact_id_if_assigned() AS text), " + RUN)) {
      String number = rows.next() ? rows.getString(1) : null;
      return number == null ? null : new Transaction(number, rows.getString(2));
    } catch (SQLException e) {
      throw failure.apply(e);
    }
  }

  /** What the server of this connection says. */
  static Answer ask(Connection connection, String number) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement("SELECT pg_xact_status(CAST(? AS xid8)), " + RUN)) {
      statement.setString(1, number);
      try (ResultSet rows = statement.executeQuery()) {
        return rows.next()
            ? new Answer(rows.getString(1), rows.getString(2))
            : new Answer(null, "");
      }
    }
  }

  /**
   * Finds out; waits up to 10 seconds for an answer.
   *
   * @param transaction null for one that changed nothing
   */
  static CommitOutcome of(@Nullable Transaction transaction, Question question) throws IOException {
    if (transaction == null) {
      return UNDONE;
    }
    long end = System.nanoTime() + WAIT.toNanos();
    long pause = FIRST_PAUSE_MILLIS;
    while (System.nanoTime() < end) {
      try {
        Answer answer = question.ask(transaction.number());
        boolean sameRun = answer.run().equals(transaction.run());
        if ("aborted".equals(answer.status())) {
          return UNDONE; // also if another one has the number now
        }
        if (!sameRun || !"in progress".equals(answer.status())) {
          return sameRun && "committed".equals(answer.status()) ? COMMITTED : UNKNOWN;
        }
      } catch (PostgresErrors.Failed away) {
        if (!away.isOutage()) {
          return UNKNOWN; // such as a server that does not know the number: another one took over
        }
      }
      try {
        Thread.sleep(pause);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return UNKNOWN;
      }
      pause = Math.min(2 * pause, MAX_PAUSE_MILLIS);
    }
    return UNKNOWN;
  }
}
