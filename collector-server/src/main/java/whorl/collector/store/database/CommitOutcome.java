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
 * transaction by its number (its manual, "Transaction ID and Snapshot Information Functions").
 */
enum CommitOutcome {
  COMMITTED,
  UNDONE,
  UNKNOWN;

  /** The server may need a moment to notice that the connection is gone. */
  private static final Duration WAIT = Duration.ofSeconds(10);

  private static final long FIRST_PAUSE_MILLIS = 50;
  private static final long MAX_PAUSE_MILLIS = 1_000;

  /** Asks, on another connection, for the status of a transaction. */
  @FunctionalInterface
  interface Question {
    @Nullable String status(String transaction) throws IOException;
  }

  /**
   * The number of the connection's transaction, before its commit; null if it has changed nothing.
   *
   * @param failure makes an exception of a failure
   */
  static @Nullable String transaction(
      Connection connection, Function<SQLException, PostgresErrors.Failed> failure)
      throws IOException {
    try (Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery("SELECT CAST(pg_current_xact_id_if_assigned() AS text)")) {
      return rows.next() ? rows.getString(1) : null;
    } catch (SQLException e) {
      throw failure.apply(e);
    }
  }

  /** The transaction's status as PostgreSQL calls it; null if it has forgotten. */
  static @Nullable String status(Connection connection, String transaction) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement("SELECT pg_xact_status(CAST(? AS xid8))")) {
      statement.setString(1, transaction);
      try (ResultSet rows = statement.executeQuery()) {
        return rows.next() ? rows.getString(1) : null;
      }
    }
  }

  /**
   * Finds out; waits up to 10 seconds for an answer.
   *
   * @param transaction null for one that changed nothing
   */
  static CommitOutcome of(@Nullable String transaction, Question question) throws IOException {
    if (transaction == null) {
      return UNDONE;
    }
    long end = System.nanoTime() + WAIT.toNanos();
    long pause = FIRST_PAUSE_MILLIS;
    while (System.nanoTime() < end) {
      try {
        String status = question.status(transaction);
        if (!"in progress".equals(status)) {
          return "committed".equals(status)
              ? COMMITTED
              : "aborted".equals(status) ? UNDONE : UNKNOWN;
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
