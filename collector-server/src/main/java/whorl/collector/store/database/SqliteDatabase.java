package whorl.collector.store.database;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteDataSource;
import whorl.collector.store.disk.DiskFullException;
import whorl.collector.store.disk.Modes;

/**
 * One SQLite file, written by this process only. It has one connection and runs one statement at a
 * time: the collector's writes are few and short, and SQLite serialises them anyway. Commits are
 * durable when the call returns.
 */
public final class SqliteDatabase implements Database {
  /** The result code SQLITE_FULL: the disk is full, or the file has reached its limit. */
  private static final int SQLITE_FULL = 13;

  /** The message of a full disk if SQLite cannot grow its shared-memory file. */
  private static final String SHM_FULL = "[SQLITE_IOERR_SHMSIZE]";

  /** The result codes SQLITE_CORRUPT and SQLITE_NOTADB. */
  private static final Set<Integer> DAMAGED = Set.of(11, 26);

  private final Connection connection;
  private final String name;
  private volatile @Nullable String failure;

  /** The first statement of the transaction that failed; it undoes all of it. */
  private @Nullable IOException failedInTransaction;

  private SqliteDatabase(Connection connection, String name) {
    this.connection = connection;
    this.name = name;
  }

  /** Opens or creates {@code catalog.db} or another file with its schema: all but the cases. */
  public static SqliteDatabase open(Path file) throws IOException {
    return open(file, "catalog");
  }

  /** Opens or creates {@code cases.db}, which has what cannot be rebuilt. */
  public static SqliteDatabase openCases(Path file) throws IOException {
    return open(file, "cases");
  }

  private static SqliteDatabase open(Path file, String schema) throws IOException {
    if (!Files.exists(file)) {
      Files.createFile(file, Modes.file());
    }
    SqliteDatabase database = connected(file);
    try {
      SQLiteDataSource source = new SQLiteDataSource();
      source.setUrl(url(file));
      Migrations.sqlite(
              source, schema, database.name, new EarlierTables(), e -> openFailed(file, e))
          .run();
      return database;
    } catch (IOException | RuntimeException e) {
      try {
        database.close();
      } catch (IOException closeFailure) {
        e.addSuppressed(closeFailure);
      }
      throw e;
    }
  }

  private static SqliteDatabase connected(Path file) throws IOException {
    try {
      Connection connection = DriverManager.getConnection(url(file));
      try (Statement statement = connection.createStatement()) {
        statement.execute("PRAGMA journal_mode=WAL");
        statement.execute("PRAGMA synchronous=FULL");
        statement.execute("PRAGMA foreign_keys=ON");
        statement.execute("PRAGMA busy_timeout=5000");
      }
      return new SqliteDatabase(connection, String.valueOf(file.getFileName()));
    } catch (SQLException e) {
      throw openFailed(file, e);
    }
  }

  private static IOException openFailed(Path file, SQLException e) {
    return isFull(e)
        ? full(String.valueOf(file), e)
        : new IOException(
            "cannot open the database " + file + ": " + e.getMessage() + remedy(e), e);
  }

  private static String url(Path file) {
    return "jdbc:sqlite:" + file.toAbsolutePath();
  }

  private static boolean isFull(SQLException e) {
    return e.getErrorCode() == SQLITE_FULL || String.valueOf(e.getMessage()).contains(SHM_FULL);
  }

  private static DiskFullException full(String file, SQLException e) {
    return new DiskFullException(
        file
            + ": the disk is full; free a few MiB there, and then purge evidence to make room: "
            + e.getMessage(),
        e);
  }

  private static String remedy(SQLException e) {
    return DAMAGED.contains(e.getErrorCode())
        ? "; it is damaged: restore the last backup (whorl restore), or move it away with its -wal"
            + " and -shm files, and lose what only it holds (docs/what-is-kept.md)"
        : "";
  }

  /**
   * Checks a whole database, which takes as long as reading it.
   *
   * @return the first problem; null if there is none
   */
  public static @Nullable String check(Path file) throws IOException {
    try (Connection connection = DriverManager.getConnection(url(file));
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("PRAGMA quick_check(1)")) {
      String outcome = rows.next() ? rows.getString(1) : "the check gave no result";
      return "ok".equals(outcome) ? null : outcome.lines().findFirst().orElse(outcome);
    } catch (SQLException e) {
      if (DAMAGED.contains(e.getErrorCode())) {
        return String.valueOf(e.getMessage());
      }
      throw new IOException("cannot check " + file + ": " + e.getMessage(), e);
    }
  }

  /**
   * Writes a consistent copy, also while others write.
   *
   * @param copy must not exist yet
   */
  public static void snapshot(Path file, Path copy) throws IOException {
    Files.createFile(copy, Modes.file());
    try (Connection connection = DriverManager.getConnection(url(file));
        PreparedStatement vacuum = connection.prepareStatement("VACUUM INTO ?")) {
      try (Statement statement = connection.createStatement()) {
        statement.execute("PRAGMA busy_timeout=60000");
      }
      vacuum.setString(1, copy.toAbsolutePath().toString());
      vacuum.execute();
    } catch (SQLException e) {
      throw new IOException("cannot copy the database " + file + ": " + e.getMessage(), e);
    }
  }

  @Override
  public synchronized <T> List<T> query(
      String sql, RowReader<T> reader, @Nullable Object... arguments) throws IOException {
    try (PreparedStatement statement = prepare(sql, arguments);
        ResultSet rows = statement.executeQuery()) {
      ResultRow row = new ResultRow(rows, UnaryOperator.identity());
      List<T> values = new ArrayList<>();
      while (rows.next()) {
        values.add(reader.read(row));
      }
      return values;
    } catch (SQLException e) {
      throw failure(e);
    }
  }

  @Override
  public synchronized int update(String sql, @Nullable Object... arguments) throws IOException {
    try (PreparedStatement statement = prepare(sql, arguments)) {
      int changed = statement.executeUpdate();
      failure = null;
      return changed;
    } catch (SQLException e) {
      throw failure(e);
    }
  }

  @Override
  public synchronized int[] updateAll(String sql, List<@Nullable Object[]> rows)
      throws IOException {
    return inTransaction(
        () -> {
          try (PreparedStatement statement = connection.prepareStatement(sql)) {
            int[] changed = new int[rows.size()];
            for (int i = 0; i < changed.length; i++) {
              bind(statement, rows.get(i));
              changed[i] = statement.executeUpdate();
            }
            return changed;
          } catch (SQLException e) {
            throw failure(e);
          }
        });
  }

  @Override
  public <T> T inTransaction(Transaction<T> work) throws IOException {
    return inTransactionOnce(work); // the only connection waits for no other one
  }

  @Override
  public synchronized <T> T inTransactionOnce(Transaction<T> work) throws IOException {
    try {
      if (!connection.getAutoCommit()) {
        return work.run(); // part of the outer transaction, which this thread has begun
      }
      connection.setAutoCommit(false);
      failedInTransaction = null;
    } catch (SQLException e) {
      throw failure(e);
    }
    try {
      T result = work.run();
      if (failedInTransaction != null) {
        throw failedInTransaction;
      }
      connection.commit();
      connection.setAutoCommit(true);
      return result;
    } catch (SQLException e) {
      throw rolledBack(failure(e));
    } catch (IOException e) {
      throw rolledBack(e);
    } catch (RuntimeException | Error e) {
      rolledBack(e);
      throw e;
    }
  }

  /**
   * Rolls back. A full disk may have ended the transaction already, so a failure here is only
   * suppressed.
   */
  private <E extends Throwable> E rolledBack(E why) {
    try {
      connection.rollback();
    } catch (SQLException rollbackFailure) {
      why.addSuppressed(rollbackFailure);
    }
    try {
      connection.setAutoCommit(true);
    } catch (SQLException rollbackFailure) {
      why.addSuppressed(rollbackFailure);
    }
    return why;
  }

  @Override
  public String forUpdate() {
    return "";
  }

  @Override
  public String nowMillis() {
    return "CAST(unixepoch('subsec') * 1000 AS INTEGER)";
  }

  @Override
  public Notifications openNotifications() {
    return new LocalNotifications();
  }

  /** Why the last write failed; null if it did not. */
  @Override
  public @Nullable String failure() {
    return failure;
  }

  private IOException failure(SQLException e) {
    failure = e.getMessage();
    IOException failed =
        isFull(e) ? full(name, e) : new IOException(name + ": " + e.getMessage() + remedy(e), e);
    failedInTransaction = failedInTransaction == null ? failed : failedInTransaction;
    return failed;
  }

  @Override
  public synchronized void close() throws IOException {
    try {
      connection.close();
    } catch (SQLException e) {
      throw failure(e);
    }
  }

  private PreparedStatement prepare(String sql, @Nullable Object... arguments) throws SQLException {
    PreparedStatement statement = connection.prepareStatement(sql);
    bind(statement, arguments);
    return statement;
  }

  private static void bind(PreparedStatement statement, @Nullable Object[] arguments)
      throws SQLException {
    for (int i = 0; i < arguments.length; i++) {
      statement.setObject(i + 1, arguments[i]);
    }
  }
}
