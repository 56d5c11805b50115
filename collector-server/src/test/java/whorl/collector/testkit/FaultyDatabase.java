package whorl.collector.testkit;

import java.io.IOException;
import java.util.List;
import whorl.collector.store.database.Database;

/** A database as a collector sees it that is killed. */
public final class FaultyDatabase extends DelegatingDatabase {
  private final Faults faults;

  public FaultyDatabase(Database database, Faults faults) {
    super(database);
    this.faults = faults;
  }

  @Override
  public <T> List<T> query(String sql, RowReader<T> reader, Object... arguments)
      throws IOException {
    return faults.call("statement", () -> super.query(sql, reader, arguments));
  }

  @Override
  public int update(String sql, Object... arguments) throws IOException {
    return faults.call("statement", () -> super.update(sql, arguments));
  }

  @Override
  public int[] updateAll(String sql, List<Object[]> rows) throws IOException {
    return faults.call("statement", () -> super.updateAll(sql, rows));
  }

  @Override
  public <T> T inTransaction(Transaction<T> work) throws IOException {
    return faults.call("transaction", () -> super.inTransaction(work));
  }

  @Override
  public <T> T inTransactionOnce(Transaction<T> work) throws IOException {
    return faults.call("transaction", () -> super.inTransactionOnce(work));
  }
}
