package whorl.collector.migrate;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import whorl.collector.custody.log.CustodyLog;
import whorl.collector.store.database.Database;

/** What a move would move. */
final class MovePlan {
  private MovePlan() {}

  static MoveOutcome of(End from, String to, CustodyLog log, long uploads) throws IOException {
    Map<String, Long> rows = new TreeMap<>();
    for (String table : RecordTables.COPIED) {
      rows.put(table, TableCopy.count(from.database(), table));
    }
    for (String table : RecordTables.COPIED_CASES) {
      rows.put(table, TableCopy.count(from.cases(), table));
    }
    List<String> problems = new ArrayList<>();
    log.doubts().forEach(each -> problems.add("custody is in doubt: " + each));
    return new MoveOutcome(
        from.name(),
        to,
        true,
        from.store().evidence().size(),
        0,
        bytes(from.database()),
        0,
        uploads,
        log.size(),
        null,
        rows,
        problems,
        List.of("evidence is verified when it is moved"));
  }

  /** The bytes of all evidence, according to the list of it. */
  static long bytes(Database database) throws IOException {
    return database
        .query("SELECT coalesce(sum(bytes), 0) FROM evidence", row -> row.getLong(1))
        .get(0);
  }
}
