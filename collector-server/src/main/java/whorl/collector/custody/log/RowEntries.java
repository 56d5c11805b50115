package whorl.collector.custody.log;

import java.io.IOException;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import whorl.collector.store.database.Database;
import whorl.evidence.CustodyEntry;
import whorl.evidence.Digest;
import whorl.evidence.Id;
import whorl.evidence.Json;

/**
 * The log in a database that several collectors share:
 *
 * <pre>
 * custody_head      one row: the end of the log; who appends holds its lock
 * custody_entries   a row for each line, by its sequence
 * custody_evidence  for each evidence: its last entry, and whether it is kept or purged
 * custody_holds     the holds that the entries amount to
 * custody_doubts    why the log cannot be relied on
 * </pre>
 *
 * <p>Lines, state and holds change in one transaction, so they always agree. Nothing is kept in
 * memory. Thread-safe.
 */
final class RowEntries implements EntryStore {
  private static final int DOUBTS_MAX = 100;
  private static final String EVIDENCE = "evidence = ?";

  /** In place of the action of a line that is no entry. */
  private static final String DAMAGED = "";

  private final Database database;
  private final RowHolds holds;

  private RowEntries(Database database) {
    this.database = database;
    this.holds = new RowHolds(database);
  }

  /** Opens the log; a new one is empty. */
  static RowEntries open(Database database) throws IOException {
    database.update(
        "INSERT INTO custody_head (id, next, hash) VALUES (1, 0, NULL) ON CONFLICT (id) DO"
            + " NOTHING");
    return new RowEntries(database);
  }

  /** Hands over the entries with this action after this sequence, in their order. */
  void read(CustodyAction action, long after, CustodyLog.EntryReader reader) throws IOException {
    List<byte[]> found =
        database.query(
            "SELECT line FROM custody_entries WHERE action = ? AND sequence > ? ORDER BY sequence",
            row -> row.getBytes(1),
            action.word(),
            after);
    for (byte[] line : found) {
      reader.entry(Json.MAPPER.readValue(line, CustodyEntry.class));
    }
  }

  /** The time of the last entry; null for an empty log. */
  @Nullable Instant lastTime() throws IOException {
    List<LogLine> last = lines(size() - 1, 1);
    return last.isEmpty()
        ? null
        : Json.MAPPER.readValue(last.get(0).bytes(), CustodyEntry.class).time();
  }

  @Override
  public <T> T atEnd(Work<T> work) throws IOException {
    return database.inTransaction(
        () -> {
          Head head =
              database
                  .query(
                      "SELECT next, hash FROM custody_head WHERE id = 1" + database.forUpdate(),
                      row -> {
                        long next = row.getLong(1);
                        String hash = row.getString(2);
                        return new Head(next, hash == null ? null : new Digest(hash));
                      })
                  .get(0);
          return work.run(head);
        });
  }

  @Override
  public void append(List<Written> written) throws IOException {
    for (Written each : written) {
      insert(new LogLine(each.entry().sequence(), each.line()), each.entry());
    }
    CustodyEntry last = written.get(written.size() - 1).entry();
    database.update(
        "UPDATE custody_head SET next = ?, hash = ? WHERE id = 1",
        last.sequence() + 1,
        last.hash().hex());
  }

  /**
   * A line of another log.
   *
   * @param entry null for a damaged line
   */
  record Imported(LogLine line, @Nullable CustodyEntry entry) {}

  /** Adds the next lines of another log as they are, all or none. */
  void add(List<Imported> lines) throws IOException {
    if (lines.isEmpty()) {
      return;
    }
    atEnd(
        head -> {
          Digest last = head.last();
          long next = head.next();
          for (Imported each : lines) {
            if (each.line().index() != next) {
              throw new IOException("custody has " + next + " entries: something else appends");
            }
            insert(each.line(), each.entry());
            last = each.entry() == null ? last : each.entry().hash();
            next++;
          }
          return database.update(
              "UPDATE custody_head SET next = ?, hash = ? WHERE id = 1",
              next,
              last == null ? null : last.hex());
        });
  }

  private void insert(LogLine line, @Nullable CustodyEntry entry) throws IOException {
    Id evidence = entry == null ? null : entry.evidence();
    database.update(
        "INSERT INTO custody_entries (sequence, evidence, action, hash, line)"
            + " VALUES (?, ?, ?, ?, ?)",
        line.index(),
        evidence == null ? null : evidence.value(),
        entry == null ? DAMAGED : entry.action(),
        entry == null ? Digest.of(line.bytes()).hex() : entry.hash().hex(),
        line.bytes());
    if (entry == null) {
      return;
    }
    if (evidence != null) {
      keepState(evidence, entry);
    }
    HoldChange change = HoldChange.of(entry);
    if (change != null) {
      holds.accept(change, line.index());
    }
  }

  private void keepState(Id evidence, CustodyEntry entry) throws IOException {
    database.update(
        "INSERT INTO custody_evidence (evidence, hash, kept, purged) VALUES (?, ?, 0, 0)"
            + " ON CONFLICT (evidence) DO UPDATE SET hash = excluded.hash",
        evidence.value(),
        entry.hash().hex());
    if (entry.action().equals(CustodyAction.PURGED.word())) {
      if (!entry.intact()) {
        return; // an altered entry must not make a collector delete anything
      }
      database.update("UPDATE custody_evidence SET purged = 1 WHERE " + EVIDENCE, evidence.value());
    } else if (CustodyAction.commits(entry.action())
        && entry.detail().containsKey(CommittedRecords.RECORD)) {
      database.update(
          "UPDATE custody_evidence SET kept = 1, purged = 0 WHERE " + EVIDENCE, evidence.value());
    }
  }

  @Override
  public @Nullable Digest last(Id evidence) throws IOException {
    List<Digest> last =
        database.query(
            "SELECT hash FROM custody_evidence WHERE " + EVIDENCE,
            row -> new Digest(row.getString(1)),
            evidence.value());
    return last.isEmpty() ? null : last.get(0);
  }

  @Override
  public List<LogLine> lines(Id evidence) throws IOException {
    return database.query(
        "SELECT sequence, line FROM custody_entries WHERE evidence = ? ORDER BY sequence",
        row -> new LogLine(row.getLong(1), row.getBytes(2)),
        evidence.value());
  }

  @Override
  public List<LogLine> lines(long first, int max) throws IOException {
    return database.query(
        "SELECT sequence, line FROM custody_entries WHERE sequence >= ? AND sequence < ?"
            + " ORDER BY sequence",
        row -> new LogLine(row.getLong(1), row.getBytes(2)),
        first,
        first + max);
  }

  @Override
  public long size() throws IOException {
    return database.query("SELECT next FROM custody_head", row -> row.getLong(1)).get(0);
  }

  @Override
  public Set<Id> kept() throws IOException {
    return new HashSet<>(
        database.query(
            "SELECT evidence FROM custody_evidence WHERE kept = 1 AND purged = 0",
            row -> new Id(row.getString(1))));
  }

  @Override
  public boolean isKept(Id evidence) throws IOException {
    return has("kept = 1 AND purged = 0", evidence);
  }

  @Override
  public boolean isPurged(Id evidence) throws IOException {
    return has("purged = 1", evidence);
  }

  private boolean has(String state, Id evidence) throws IOException {
    return !database
        .query(
            "SELECT 1 FROM custody_evidence WHERE " + EVIDENCE + " AND " + state,
            row -> row.getLong(1),
            evidence.value())
        .isEmpty();
  }

  @Override
  public boolean contains(CustodyEntry entry) throws IOException {
    return !database
        .query(
            "SELECT 1 FROM custody_entries WHERE sequence = ? AND hash = ?",
            row -> row.getLong(1),
            entry.sequence(),
            entry.hash().hex())
        .isEmpty();
  }

  @Override
  public HoldIndex holds() {
    return holds;
  }

  @Override
  public List<String> doubts() throws IOException {
    return database.query(
        "SELECT why FROM custody_doubts ORDER BY at, why LIMIT " + DOUBTS_MAX,
        row -> row.getString(1));
  }

  @Override
  public void doubt(String why) throws IOException {
    database.update(
        "INSERT INTO custody_doubts (why, at) VALUES (?, ?) ON CONFLICT (why) DO NOTHING",
        why,
        Instant.now().toString());
  }

  @Override
  public void clearDoubts() throws IOException {
    database.update("DELETE FROM custody_doubts");
  }

  /** The end is in the database, and in the checkpoints that are put out. */
  @Override
  public void rememberEnd() {}

  /** The database is not this log's to close. */
  @Override
  public void close() {}
}
