package whorl.collector.store.database;

import java.io.IOException;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A database of records. All statements are SQL that SQLite and PostgreSQL both understand, such as
 * {@code INSERT … ON CONFLICT … DO UPDATE} and {@code RETURNING}. Changes are durable when a method
 * returns. Thread-safe.
 *
 * <p>Other collectors may use a PostgreSQL database at the same time, and each statement sees what
 * they have committed before it. So what must be decided once needs a constraint, {@code ON
 * CONFLICT}, a condition in the {@code UPDATE}, or a row lock ({@link #forUpdate()}).
 *
 * <p>Text may hold any characters, NUL included. Errors are IOExceptions that name the database,
 * what failed and the remedy; they never contain a password. All waits are bounded.
 */
public interface Database extends AutoCloseable {
  /** Reads a value from a row; must not use the database. */
  @FunctionalInterface
  interface RowReader<T> {
    T read(ResultRow row) throws SQLException, IOException;
  }

  /** Statements that run together or not at all. */
  @FunctionalInterface
  interface Transaction<T> {
    T run() throws IOException;
  }

  /**
   * Returns the rows as values. The statement may also change rows, if it returns rows ({@code
   * RETURNING}).
   *
   * @param arguments strings, numbers, byte arrays or nulls for the question marks
   */
  <T> List<T> query(String sql, RowReader<T> reader, @Nullable Object... arguments)
      throws IOException;

  /** Returns the number of changed rows. */
  int update(String sql, @Nullable Object... arguments) throws IOException;

  /**
   * Runs the statement once for each row of arguments, in one transaction and with few round trips.
   *
   * @return the number of changed rows for each
   */
  int[] updateAll(String sql, List<@Nullable Object[]> rows) throws IOException;

  /**
   * Runs {@code work} in one transaction; an exception undoes all of it, and a statement that fails
   * does so too. Statements of {@code work} must run on the calling thread. A transaction inside a
   * transaction is part of the outer one.
   *
   * <p>PostgreSQL may end a transaction for reasons that are gone at the next try: a deadlock, a
   * serialization failure, a connection that breaks before the commit. Then {@code work} runs
   * again, a bounded number of times. So it must have no effects except in this database; if it has
   * others, use {@link #inTransactionOnce}. If the connection breaks during the commit itself,
   * nobody knows whether it took effect: that is an error, and {@code work} does not run again.
   */
  <T> T inTransaction(Transaction<T> work) throws IOException;

  /** As {@link #inTransaction}, but {@code work} runs at most once. */
  <T> T inTransactionOnce(Transaction<T> work) throws IOException;

  /**
   * What to append to a {@code SELECT} so that its rows stay locked until the end of the
   * transaction: {@code " FOR UPDATE"}; empty on SQLite, where transactions never overlap.
   */
  String forUpdate();

  /**
   * An SQL expression: the database's own time, in whole milliseconds since 1970. It is the same
   * clock for all collectors.
   */
  String nowMillis();

  /** Opens the notifications of the collectors that use this database. */
  Notifications openNotifications();

  /** Why the database cannot be used now, in a sentence; null if it can. */
  @Nullable String failure();

  @Override
  void close() throws IOException;
}
