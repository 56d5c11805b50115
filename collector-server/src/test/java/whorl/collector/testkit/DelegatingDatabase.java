package whorl.collector.testkit;

import java.io.IOException;
import java.util.List;
import whorl.collector.store.database.Database;
import whorl.collector.store.database.Notifications;

/** Passes all statements on. */
public class DelegatingDatabase implements Database {
  protected final Database database;

  public DelegatingDatabase(Database database) {
    this.database = database;
  }

  /** Runs before each statement and transaction. */
  protected void beforeStatement() throws IOException {}

  /** Runs after each statement and transaction. */
  protected void afterStatement() throws IOException {}

  @Override
  public <T> List<T> query(String sql, RowReader<T> reader, Object... arguments)
      throws IOException {
    beforeStatement();
    List<T> rows = database.query(sql, reader, arguments);
    afterStatement();
    return rows;
  }

  @Override
  public int update(String sql, Object... arguments) throws IOException {
    beforeStatement();
    int changed = database.update(sql, arguments);
    afterStatement();
    return changed;
  }

  @Override
  public int[] updateAll(String sql, List<Object[]> rows) throws IOException {
    beforeStatement();
    int[] changed = database.updateAll(sql, rows);
    afterStatement();
    return changed;
  }

  @Override
  public <T> T inTransaction(Transaction<T> work) throws IOException {
    beforeStatement();
    T result = database.inTransaction(work);
    afterStatement();
    return result;
  }

  @Override
  public <T> T inTransactionOnce(Transaction<T> work) throws IOException {
    beforeStatement();
    T result = database.inTransactionOnce(work);
    afterStatement();
    return result;
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
  public String failure() {
    return database.failure();
  }

  /** The database belongs to whoever opened it. */
  @Override
  public void close() {}
}
