package whorl.collector.migrate;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import whorl.collector.store.database.Database;
import whorl.collector.store.database.Tables;
import whorl.collector.testkit.TestDatabase;

/** A new table has to be moved, or needs a reason why it stays behind. */
@ParameterizedClass
@EnumSource
class RecordTablesTest {
  @Parameter TestDatabase.Engine engine;
  @TempDir Path folder;

  @Test
  void eachTable_isMoved_orIsLeftOutForAReason() throws Exception {
    try (TestDatabase data = TestDatabase.create(engine, folder)) {
      TreeSet<String> tables = new Tables(data.open()).names();
      tables.addAll(new Tables(data.openCases()).names());
      List<String> known = new ArrayList<>(RecordTables.COPIED);
      known.addAll(RecordTables.COPIED_CASES);
      known.addAll(RecordTables.OTHERWISE.keySet());
      known.addAll(RecordTables.LEFT_OUT.keySet());
      assertThat(known).doesNotHaveDuplicates();
      if (engine == TestDatabase.Engine.POSTGRESQL) {
        known.remove("ledger_versions"); // SQLite alone has it
      }
      assertThat(tables)
          .as("add a new table to RecordTables: what whorl migrate does with it")
          .containsExactlyInAnyOrderElementsOf(known);
    }
  }

  @Test
  void eachCopiedTable_hasAPrimaryKey_andTheSameColumnsEverywhere() throws Exception {
    try (TestDatabase data = TestDatabase.create(engine, folder)) {
      for (String table : RecordTables.COPIED) {
        assertHasKey(data.open(), table);
      }
      for (String table : RecordTables.COPIED_CASES) {
        assertHasKey(data.openCases(), table);
      }
    }
  }

  private static void assertHasKey(Database database, String table) throws IOException {
    assertThat(new Tables(database).columns(table)).as(table).anyMatch(column -> column.key() > 0);
  }
}
