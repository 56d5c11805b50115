package whorl.collector.migrate;

import com.fasterxml.jackson.core.JacksonException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import whorl.collector.custody.log.CustodyAction;
import whorl.collector.custody.log.CustodyLog;
import whorl.collector.custody.log.EvidenceListing;
import whorl.collector.custody.log.LogLine;
import whorl.collector.custody.log.LogTransfer;
import whorl.collector.custody.proof.SignedCheckpoint;
import whorl.collector.store.database.Database;
import whorl.collector.store.objects.EvidenceRecord;
import whorl.collector.store.objects.EvidenceStore;
import whorl.collector.store.records.Catalog;
import whorl.collector.store.records.MoveLedger;
import whorl.collector.store.records.MoveLedger.State;
import whorl.evidence.Digest;
import whorl.evidence.Id;
import whorl.evidence.Text;

/**
 * The steps of a move. Each may be the last before a crash; the next run repeats what is not known
 * to be done:
 *
 * <ol>
 *   <li>the destination is marked as being filled: no collector starts with it
 *   <li>the custody log is copied byte for byte, and published there
 *   <li>evidence is carried, and each piece is noted once it was read back and verified
 *   <li>uploads that are not complete are copied, and all tables, each in one transaction
 *   <li>holds lock objects, where the store can do that
 *   <li>the entry of the move is appended to custody, and the destination is marked as filled
 *   <li>the source is marked as moved: no collector starts with it
 * </ol>
 */
final class Move {
  private static final int PAGE = 1_000;
  private static final int TEXT_MAX_CHARS = 500;

  private final Direction direction;
  private final MoveSettings settings;
  private final MoveLedger ledger;

  Move(Direction direction, MoveSettings settings) {
    this.direction = direction;
    this.settings = settings;
    this.ledger = new MoveLedger(direction.to().database());
  }

  /** Moves everything that is not at the destination yet. */
  MoveOutcome run() throws IOException {
    String logId = logId();
    MoveLedger.Move earlier = ledger.find();
    requireGoingOn(earlier, logId);
    if (earlier != null && earlier.state() == State.FILLED) {
      return alreadyFilled(logId);
    }
    if (direction.isMarkedMoved() && earlier == null) {
      throw new IOException(
          direction.from().name()
              + " has moved already; move from where it has gone, or, if that was given up and no"
              + " collector has run there, remove the mark: the file moved, or the row of the table"
              + " moves");
    }
    if (earlier == null) {
      direction.requireEmpty();
    }
    ledger.set(State.FILLING, direction.from().name(), logId);
    settings.watcher().doing("copying the custody log, " + direction.log().size() + " entries");
    direction.copyLog();
    settings.watcher().doing("carrying evidence");
    EvidenceMove evidence = new EvidenceMove(direction, ledger, settings);
    evidence.run(MovePlan.bytes(direction.from().database()));
    settings.watcher().doing("copying uploads, records and holds");
    long uploads = direction.copyUploads();
    Map<String, Long> rows = copyTables();
    alignCatalog();
    hold(earlier != null && earlier.state() == State.MOVED);
    direction.requireUnchanged();
    List<String> problems = new ArrayList<>(evidence.problems());
    Set<String> doubts = new LinkedHashSet<>(direction.log().doubts());
    doubts.addAll(direction.copiedLog().doubts());
    doubts.forEach(each -> problems.add("custody is in doubt: " + each));
    settings.watcher().doing("checking the custody log, and opening the destination");
    checkLog();
    direction.complete(entry(evidence, problems), logId);
    finish(logId);
    return new MoveOutcome(
        direction.from().name(),
        direction.to().name(),
        false,
        evidence.evidence(),
        evidence.carriedNow(),
        evidence.bytes(),
        evidence.timelines(),
        uploads,
        direction.copiedLog().size(),
        checkpoint(),
        rows,
        problems,
        direction.notes());
  }

  private static void requireGoingOn(MoveLedger.@Nullable Move earlier, String logId)
      throws IOException {
    if (earlier == null) {
      return;
    }
    if (!earlier.log().equals(logId) && !earlier.log().isEmpty()) {
      throw new IOException(
          "the destination has the records of another collector, from "
              + earlier.other()
              + "; give an empty one");
    }
    if (earlier.state() == State.USED) {
      throw new IOException(
          "a collector has started with the destination since it was filled from "
              + earlier.other()
              + ": it may have evidence of its own; give an empty one, or go on there");
    }
  }

  private MoveOutcome alreadyFilled(String logId) throws IOException {
    direction.openLog();
    if (direction.log().size() + 1 != direction.copiedLog().size()) {
      throw new IOException(
          direction.to().name()
              + " was filled from "
              + direction.from().name()
              + ", whose custody log has changed since; give an empty destination");
    }
    finish(logId);
    long bytes = 0;
    List<String> problems = new ArrayList<>();
    Map<Id, MoveLedger.Carried> carried = ledger.carried();
    for (MoveLedger.Carried each : carried.values()) {
      bytes += each.bytes();
      problems.addAll(each.problems());
    }
    List<String> notes = new ArrayList<>(direction.notes());
    notes.add(0, "all of it was there already");
    return new MoveOutcome(
        direction.from().name(),
        direction.to().name(),
        false,
        carried.size(),
        0,
        bytes,
        0,
        direction.uploads(),
        direction.copiedLog().size(),
        checkpoint(),
        Map.of(),
        problems,
        notes);
  }

  /** Publishes the log with the entry of the move, and closes the source. */
  private void finish(String logId) throws IOException {
    direction.publisher().publish();
    direction.markMoved(logId);
  }

  private @Nullable String checkpoint() throws IOException {
    SignedCheckpoint last = direction.publisher().checkpoint();
    return last == null ? null : last.size() + " " + last.root().hex();
  }

  /** The digest of the first line of the log, by which it is known. */
  private String logId() throws IOException {
    List<LogLine> first = direction.log().lines(0, 1);
    return first.isEmpty() ? "" : Digest.of(first.get(0).bytes()).hex();
  }

  /** The copied tables; true for those of cases. */
  private static Map<String, Boolean> tables() {
    Map<String, Boolean> tables = new LinkedHashMap<>();
    RecordTables.COPIED.forEach(each -> tables.put(each, false));
    RecordTables.COPIED_CASES.forEach(each -> tables.put(each, true));
    return tables;
  }

  private Database source(boolean ofCases) {
    return ofCases ? direction.from().cases() : direction.from().database();
  }

  private Map<String, Long> copyTables() throws IOException {
    Map<String, Long> rows = new TreeMap<>();
    for (Map.Entry<String, Boolean> table : tables().entrySet()) {
      Database to = table.getValue() ? direction.to().cases() : direction.to().database();
      rows.put(table.getKey(), new TableCopy(source(table.getValue()), to).copy(table.getKey()));
    }
    return rows;
  }

  /** The list of evidence is an index of the records, and may have been behind them. */
  private void alignCatalog() throws IOException {
    Catalog catalog = Catalog.open(direction.to().database());
    EvidenceStore store = direction.to().store();
    Map<Id, Digest> rows = catalog.records();
    for (Map.Entry<Id, MoveLedger.Carried> each : ledger.carried().entrySet()) {
      Digest record = each.getValue().record();
      if (!record.equals(rows.get(each.getKey()))) {
        byte[] json = store.recordBytes(each.getKey());
        try {
          if (json != null) {
            EvidenceListing.put(catalog, direction.log(), EvidenceRecord.parse(json), record);
          }
        } catch (JacksonException damaged) {
          continue; // named already
        }
      }
    }
  }

  /**
   * Locks the objects of held evidence; a store without locks does nothing.
   *
   * @param again true if all of it was here before
   */
  private void hold(boolean again) throws IOException {
    EvidenceStore store = direction.to().store();
    if (again) {
      for (Id each : store.evidence()) {
        if (direction.log().holds().of(each).isEmpty()) {
          store.hold(each, false); // it was held when it was here before
        }
      }
    }
    String after = null;
    List<Id> page;
    do {
      page = direction.log().holds().heldAfter(after, PAGE);
      for (Id each : page) {
        after = each.value();
        if (store.contains(each)) {
          holdWhatIsThere(store, each);
        }
      }
    } while (page.size() == PAGE);
  }

  private static void holdWhatIsThere(EvidenceStore store, Id evidence) throws IOException {
    try {
      store.hold(evidence, true);
    } catch (NoSuchFileException | JacksonException damaged) {
      return; // named already
    }
  }

  private void checkLog() throws IOException {
    long size = direction.log().size();
    CustodyLog copied = direction.copiedLog();
    if (copied.size() != size
        || !LogTransfer.root(copied, size).equals(LogTransfer.root(direction.log(), size))) {
      throw new IOException(
          direction.to().name() + ": something else writes to the custody log; stop it");
    }
  }

  private CustodyLog.Draft entry(EvidenceMove evidence, List<String> problems) {
    Map<String, String> detail = new TreeMap<>();
    detail.put("from", bounded(direction.from().name()));
    detail.put("to", bounded(direction.to().name()));
    detail.put("evidence", Long.toString(evidence.evidence()));
    detail.put("bytes", Long.toString(evidence.bytes()));
    if (!problems.isEmpty()) {
      detail.put("problems", Integer.toString(problems.size()));
      detail.put("problem", bounded(problems.get(0)));
    }
    return new CustodyLog.Draft(CustodyAction.MOVED, null, "whorl migrate", detail);
  }

  private static String bounded(String text) {
    return Text.atMost(text, TEXT_MAX_CHARS);
  }
}
