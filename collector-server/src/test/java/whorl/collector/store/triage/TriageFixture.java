package whorl.collector.store.triage;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import whorl.collector.store.access.Scope;
import whorl.collector.store.database.Database;
import whorl.collector.store.records.AlertLedger;
import whorl.collector.testkit.TestDatabase;
import whorl.evidence.Id;

/** Groups of alerts on each engine. */
@ParameterizedClass
@EnumSource
abstract class TriageFixture {
  @Parameter TestDatabase.Engine engine;
  @TempDir Path folder;
  private TestDatabase data;
  Database database;
  AlertMutes mutes;
  AlertGroups groups;
  AlertLedger ledger;
  GroupLists lists;

  @BeforeEach
  void open() throws IOException {
    data = TestDatabase.create(engine, folder);
    database = data.open();
    mutes = new AlertMutes(database);
    groups = new AlertGroups(database, mutes);
    ledger = new AlertLedger(database, 1_000, 1 << 20, groups);
    lists = new GroupLists(database);
  }

  @AfterEach
  void close() throws IOException {
    data.close();
  }

  List<AlertGroup> all() throws IOException {
    return lists.page(Scope.EVERYTHING, GroupFilter.ALL, null, 100).items();
  }

  List<Id> ids(GroupFilter filter) throws IOException {
    return lists.page(Scope.EVERYTHING, filter, null, 100).items().stream()
        .map(AlertGroup::id)
        .toList();
  }
}
