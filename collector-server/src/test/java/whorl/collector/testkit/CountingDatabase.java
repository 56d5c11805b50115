package whorl.collector.testkit;

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.collector.store.database.Database;
import whorl.collector.store.database.Notifications;

/** Counts the statements of another database, and fails on request. */
public final class CountingDatabase implements Database {
  private final Database database;
  private volatile int statements;
  private volatile int transactions;
  private volatile @Nullable String failure;

  public CountingDatabase(Database database) {
    this.database = database;
  }

  public int statements() {
    return statements;
  }

  /** Transactions of several statements; those within another one count, too. */
  public int transactions() {
    return transactions;
  }

  private synchronized void countTransaction() {
    transactions++;
  }

  /** Makes all statements fail with this message; null ends that. */
  public void failWith(@Nullable String message) {
    failure = message;
  }

  private synchronized void count() throws IOException {
    statements++;
    if (failure != null) {
      throw new IOException(failure);
    }
  }

  @Override
  public <T> List<T> query(String sql, RowReader<T> reader, @Nullable Object... arguments)
      throws IOException {
    count();
    return database.query(sql, reader, arguments);
  }

  @Override
  public int update(String sql, @Nullable Object... arguments) throws IOException {
    count();
    return database.update(sql, arguments);
  }

  @Override
  public int[] updateAll(String sql, List<@Nullable Object[]> rows) throws IOException {
    count();
    return database.updateAll(sql, rows);
  }

  @Override
  public <T> T inTransaction(Transaction<T> work) throws IOException {
    countTransaction();
    return database.inTransaction(work);
  }

  @Override
  public <T> T inTransactionOnce(Transaction<T> work) throws IOException {
    countTransaction();
    return database.inTransactionOnce(work);
  }

  @Override
  public String forUpdate() {
    return database.forUpdate();
  }

  @Override
  public String nowMillis() {
    return database.nowMillis();
  }

  @Override
  public Notifications openNotifications() {
    return database.openNotifications();
  }

  @Override
  public @Nullable String failure() {
    return failure;
  }

  @Override
  public void close() {
    // the other database is its owner's
  }
}
