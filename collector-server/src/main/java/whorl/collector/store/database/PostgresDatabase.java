package whorl.collector.store.database;

import com.zaxxer.hikari.HikariDataSource;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A PostgreSQL database, version 15 or newer and in UTF-8, which any number of collectors share.
 * Its connections are few and bounded; inside a transaction, the statements of the thread use the
 * transaction's connection. Each statement may take 30 seconds, 10 of them to wait for a lock.
 */
public final class PostgresDatabase implements Database {
  private static final Logger LOG = LoggerFactory.getLogger(PostgresDatabase.class);
  private static final int ATTEMPTS = 5;
  private static final long PAUSE_MILLIS = 20;

  /** No further attempt begins after this time. */
  private static final long ATTEMPTS_NANOS = 15_000_000_000L;

  private final String name;
  private final PostgresAddress address;
  private final HikariDataSource pool;
  private final ConnectionsInUse inUse = new ConnectionsInUse();
  private final PostgresHealth health;

  @SuppressWarnings("ThreadLocalUsage") // a thread may use several databases
  private final ThreadLocal<Transacting> transacting = new ThreadLocal<>();

  /** The transaction of a thread. */
  private static final class Transacting {
    private final Connection connection;

    /** The statement that failed: PostgreSQL undoes the whole transaction then. */
    private PostgresErrors.@Nullable Failed failed;

    Transacting(Connection connection) {
      this.connection = connection;
    }
  }

  private PostgresDatabase(
      String name, PostgresAddress address, HikariDataSource pool, DataSource probing) {
    this.name = name;
    this.address = address;
    this.pool = pool;
    this.health = new PostgresHealth(probing, name, inUse::abort);
  }

  /**
   * Opens the database and brings its schema up to date. Collectors that start at the same time do
   * that one after the other.
   *
   * @throws IOException if it cannot be reached, is too old, is not in UTF-8, or was changed by a
   *     newer Whorl that this one does not go with
   */
  public static PostgresDatabase open(PostgresAddress address) throws IOException {
    String name = PostgresAddress.describe(address.dataSource());
    PostgresServer.check(address, name);
    Migrations.postgres(PostgresPool.forMigrations(address), name).run();
    return new PostgresDatabase(
        name, address, PostgresPool.open(address), PostgresPool.forProbes(address));
  }

  /**
   * Checks that the server can be reached and can hold the records; changes nothing.
   *
   * @throws IOException as for {@link #open}
   */
  public static void check(PostgresAddress address) throws IOException {
    PostgresServer.check(address, PostgresAddress.describe(address.dataSource()));
  }

  @Override
  public <T> List<T> query(String sql, RowReader<T> reader, @Nullable Object... arguments)
      throws IOException {
    return run(
        sql,
        connection -> {
          try (PreparedStatement statement = prepare(connection, sql, arguments);
              ResultSet rows = statement.executeQuery()) {
            ResultRow row = new ResultRow(rows, NulText::decode);
            List<T> values = new ArrayList<>();
            while (rows.next()) {
              values.add(reader.read(row));
            }
            return values;
          }
        });
  }

  @Override
  public int update(String sql, @Nullable Object... arguments) throws IOException {
    return run(
        sql,
        connection -> {
          try (PreparedStatement statement = prepare(connection, sql, arguments)) {
            return statement.executeUpdate();
          }
        });
  }

  @Override
  public int[] updateAll(String sql, List<@Nullable Object[]> rows) throws IOException {
    if (rows.isEmpty()) {
      return new int[0];
    }
    return inTransaction(
        () ->
            run(
                sql,
                connection -> {
                  try (PreparedStatement statement = connection.prepareStatement(sql)) {
                    for (@Nullable Object[] row : rows) {
                      bind(statement, row);
                      statement.addBatch();
                    }
                    return statement.executeBatch();
                  }
                }));
  }

  @Override
  public <T> T inTransaction(Transaction<T> work) throws IOException {
    if (transacting.get() != null) {
      return work.run();
    }
    long begun = System.nanoTime();
    for (int attempt = 1; ; attempt++) {
      try {
        return inTransactionOnce(work);
      } catch (IOException e) {
        if (attempt == ATTEMPTS
            || System.nanoTime() - begun > ATTEMPTS_NANOS
            || !PostgresErrors.mayRepeat(e)) {
          throw e;
        }
        pause(attempt);
      }
    }
  }

  @Override
  public <T> T inTransactionOnce(Transaction<T> work) throws IOException {
    if (transacting.get() != null) {
      return work.run();
    }
    Connection connection = connect();
    Transacting current = new Transacting(connection);
    try {
      connection.setAutoCommit(false);
      transacting.set(current);
      T result = work.run();
      transacting.remove();
      if (current.failed != null) {
        throw current.failed; // the work went on, but nothing of it can be committed
      }
      commit(connection);
      return result;
    } catch (SQLException e) {
      throw failed(e);
    } catch (IOException | RuntimeException | Error e) {
      rollBack(connection, e);
      throw e;
    } finally {
      transacting.remove();
      release(connection);
    }
  }

  /** If the connection breaks, another one asks whether the transaction was committed. */
  private void commit(Connection connection) throws IOException {
    CommitOutcome.Transaction transaction = CommitOutcome.transaction(connection, this::failed);
    try {
      connection.commit();
    } catch (SQLException e) {
      PostgresErrors.Failed failed = PostgresErrors.commitFailed(name, e);
      health.failed(failed);
      if (!PostgresErrors.isConnection(e)) {
        throw failed;
      }
      pool.getHikariPoolMXBean().softEvictConnections();
      switch (CommitOutcome.of(transaction, this::ask)) {
        case COMMITTED -> LOG.info("{}: a connection broke after its commit", name);
        case UNDONE -> throw PostgresErrors.failed(name, e); // may be repeated
        case UNKNOWN -> throw failed;
      }
    }
  }

  private CommitOutcome.Answer ask(String transaction) throws IOException {
    Connection connection = connect();
    try {
      return CommitOutcome.ask(connection, transaction);
    } catch (SQLException e) {
      throw failed(e);
    } finally {
      release(connection);
    }
  }

  /** Rolls back; a failure to do so is added to the reason, and the pool drops the connection. */
  private static void rollBack(Connection connection, Throwable why) {
    try {
      connection.rollback();
    } catch (SQLException e) {
      why.addSuppressed(e);
    }
  }

  @Override
  public String forUpdate() {
    return " FOR UPDATE";
  }

  @Override
  public String nowMillis() {
    return "CAST(extract(epoch FROM clock_timestamp()) * 1000 AS bigint)";
  }

  @Override
  public Notifications openNotifications() {
    return new PostgresNotifications(this, address, name);
  }

  /** Why the database cannot be used; it is tried every two seconds. */
  @Override
  public @Nullable String failure() {
    return health.failure();
  }

  @Override
  public void close() {
    health.close();
    pool.close();
  }

  @Override
  public String toString() {
    return name;
  }

  /** What is done with a connection. */
  private interface Use<T> {
    T with(Connection connection) throws SQLException, IOException;
  }

  /**
   * Uses the transaction's connection, or another for this statement alone.
   *
   * @param sql a query is repeated if its connection breaks
   */
  private <T> T run(String sql, Use<T> use) throws IOException {
    Transacting current = transacting.get();
    if (current != null) {
      try {
        return use.with(current.connection);
      } catch (SQLException e) {
        PostgresErrors.Failed failed = failed(e);
        current.failed = current.failed == null ? failed : current.failed;
        throw failed;
      }
    }
    boolean changesNothing = sql.startsWith("SELECT");
    for (int attempt = 1; ; attempt++) {
      Connection connection = connect();
      try {
        return use.with(connection);
      } catch (SQLException e) {
        PostgresErrors.Failed failed = failed(e);
        boolean repeatable =
            PostgresErrors.wasUndone(e) || (changesNothing && PostgresErrors.isConnection(e));
        if (attempt == ATTEMPTS || !repeatable) {
          throw failed;
        }
      } finally {
        release(connection);
      }
      pause(attempt);
    }
  }

  private Connection connect() throws IOException {
    String away = health.away();
    if (away != null) {
      throw PostgresErrors.notSent(away); // else each request would wait for a connection
    }
    try {
      return inUse.begin(pool.getConnection());
    } catch (SQLException e) {
      throw failed(e);
    }
  }

  /**
   * Returns the connection to the pool, which replaces a broken one. What was done with it is
   * decided by then, so a failure here is not one of the caller.
   */
  private void release(Connection connection) {
    inUse.end(connection);
    try {
      connection.close();
    } catch (SQLException e) {
      LOG.info("{}: a connection broke after its use: {}", name, e.getMessage());
    }
  }

  private PostgresErrors.Failed failed(SQLException e) {
    PostgresErrors.Failed failed = PostgresErrors.failed(name, e);
    health.failed(failed);
    if (PostgresErrors.isConnection(e)) {
      // a server that restarts has ended the idle connections too
      pool.getHikariPoolMXBean().softEvictConnections();
    }
    return failed;
  }

  private static PreparedStatement prepare(
      Connection connection, String sql, @Nullable Object[] arguments) throws SQLException {
    PreparedStatement statement = connection.prepareStatement(sql);
    try {
      bind(statement, arguments);
      return statement;
    } catch (SQLException | RuntimeException e) {
      statement.close();
      throw e;
    }
  }

  private static void bind(PreparedStatement statement, @Nullable Object[] arguments)
      throws SQLException {
    for (int i = 0; i < arguments.length; i++) {
      Object argument = arguments[i];
      statement.setObject(i + 1, argument instanceof String text ? NulText.encode(text) : argument);
    }
  }

  private static void pause(int attempt) throws IOException {
    try {
      Thread.sleep(PAUSE_MILLIS * attempt + ThreadLocalRandom.current().nextLong(PAUSE_MILLIS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while a transaction waited for its next try", e);
    }
  }
}
