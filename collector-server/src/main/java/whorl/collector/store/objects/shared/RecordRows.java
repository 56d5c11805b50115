package whorl.collector.store.objects.shared;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import whorl.collector.store.database.Database;
import whorl.collector.store.objects.EvidenceRecord;
import whorl.collector.store.objects.EvidenceStore;
import whorl.collector.store.objects.ObjectLockedException;
import whorl.collector.store.objects.StoredArtifact;
import whorl.evidence.Digest;
import whorl.evidence.Id;

/**
 * Which version of each record counts, and the content that it refers to: rows of {@code
 * evidence_records} and {@code content_references}, which change together. Thread-safe.
 */
final class RecordRows {
  /**
   * For how long evidence that was removed cannot be stored again: another collector may have
   * written a version of its record while all of them were deleted.
   */
  static final Duration REST = Duration.ofMinutes(10);

  private static final String ALIVE = " removal = 0";

  /** What is new is not locked yet; see {@link SharedHolds#lockUntil}. */
  private static final String SHORT_LOCK =
      ", locked_until = CASE WHEN evidence_records.locked_until > 0"
          + " THEN evidence_records.locked_until - 1 ELSE 0 END";

  /** The object store goes by its own clock, and by whole seconds, when a lock ends. */
  private static final Duration LOCK_MARGIN = Duration.ofSeconds(3);

  private final Database database;
  private final String now;

  RecordRows(Database database) {
    this.database = database;
    this.now = database.nowMillis();
  }

  /**
   * A row.
   *
   * @param lockedUntil in milliseconds since 1970; 0 for no lock
   * @param removal 0 not removed, 1 its objects are being deleted, 2 they are deleted
   * @param isResting it was removed a short time ago
   */
  record Row(Digest record, boolean held, long lockedUntil, int removal, boolean isResting) {
    boolean isLocked() {
      return held || lockedUntil > 0;
    }
  }

  @Nullable Row find(Id evidence) throws IOException {
    return find(evidence, "");
  }

  private @Nullable Row find(Id evidence, String suffix) throws IOException {
    List<Row> rows =
        database.query(
            "SELECT record, held, CASE WHEN locked_until > "
                + now
                + " THEN locked_until ELSE 0 END, removal, CASE WHEN removed_at > "
                + now
                + " - "
                + REST.toMillis()
                + " THEN 1 ELSE 0 END FROM evidence_records WHERE evidence = ?"
                + suffix,
            row ->
                new Row(
                    new Digest(row.getString(1)),
                    row.getInt(2) == 1,
                    row.getLong(3),
                    row.getInt(4),
                    row.getInt(5) == 1),
            evidence.value());
    return rows.isEmpty() ? null : rows.get(0);
  }

  /** The digest of the version that counts; null if there is no such evidence. */
  @Nullable Digest current(Id evidence) throws IOException {
    Row row = find(evidence);
    return row == null || row.removal() != 0 ? null : row.record();
  }

  /** What must hold before a record is stored. */
  interface Condition {
    boolean holds(@Nullable Digest current);
  }

  /**
   * Makes this version count.
   *
   * @return null if the condition does not hold
   */
  @Nullable Row commit(EvidenceRecord record, Digest sha256, Condition condition)
      throws IOException {
    List<Row> committed =
        database.inTransaction(
            () -> {
              Row row = find(record.id(), database.forUpdate());
              if (row != null && row.removal() != 0 && (row.removal() == 1 || row.isResting())) {
                throw new IOException(
                    "evidence "
                        + record.id()
                        + " was purged a moment ago: it cannot be stored again within "
                        + REST.toMinutes()
                        + " minutes");
              }
              Digest alive = row != null && row.removal() == 0 ? row.record() : null;
              if (!condition.holds(alive)) {
                return List.of();
              }
              if (row == null ? !insert(record.id(), sha256) : !replace(record.id(), sha256)) {
                throw new IOException(
                    "evidence "
                        + record.id()
                        + " was purged, or is just being stored by another collector; again");
              }
              refer(record.id(), content(record));
              return List.of(row == null ? new Row(sha256, false, 0, 0, false) : row);
            });
    return committed.isEmpty() ? null : committed.get(0);
  }

  /**
   * False if there is a row now, or if custody says that the evidence was purged: a collector that
   * stood still may have been about to store it.
   */
  private boolean insert(Id evidence, Digest sha256) throws IOException {
    return database.update(
            "INSERT INTO evidence_records (evidence, record, in_custody, held, locked_until,"
                + " removal, removed_at) SELECT CAST(? AS TEXT), CAST(? AS TEXT), 0, 0, 0, 0, 0"
                + " WHERE NOT EXISTS (SELECT 1 FROM custody_evidence c WHERE c.evidence = ?"
                + " AND c.purged = 1) ON CONFLICT (evidence) DO NOTHING",
            evidence.value(),
            sha256.hex(),
            evidence.value())
        > 0;
  }

  private boolean replace(Id evidence, Digest sha256) throws IOException {
    return database.update(
            "UPDATE evidence_records SET record = ?, in_custody = 0, removal = 0, removed_at = 0"
                + SHORT_LOCK
                + " WHERE evidence = ?",
            sha256.hex(),
            evidence.value())
        > 0;
  }

  /** As {@link EvidenceStore#amend}. */
  @Nullable Row amend(
      EvidenceRecord record, Digest sha256, Digest before, EvidenceStore.Announcement beforeReplace)
      throws IOException {
    List<Row> amended =
        database.inTransactionOnce(
            () -> {
              Row row = find(record.id(), database.forUpdate());
              if (row == null || row.removal() != 0 || !row.record().equals(before)) {
                return List.of();
              }
              beforeReplace.of(sha256);
              int changed =
                  database.update(
                      "UPDATE evidence_records SET record = ?"
                          + SHORT_LOCK
                          + " WHERE evidence = ? AND record = ? AND"
                          + ALIVE,
                      sha256.hex(),
                      record.id().value(),
                      before.hex());
              if (changed != 1) {
                throw new IOException("evidence " + record.id() + " changed under its lock");
              }
              refer(record.id(), content(record));
              return List.of(row);
            });
    return amended.isEmpty() ? null : amended.get(0);
  }

  /** As {@link EvidenceStore#adopt}. */
  void adopt(Id evidence, Digest record, Collection<Digest> content, boolean inCustody)
      throws IOException {
    int custody = inCustody ? 1 : 0;
    database.inTransaction(
        () -> {
          database.update(
              "INSERT INTO evidence_records (evidence, record, in_custody, held, locked_until,"
                  + " removal, removed_at) VALUES (?, ?, ?, 0, 0, 0, 0) ON CONFLICT (evidence) DO"
                  + " UPDATE SET record = excluded.record, in_custody = excluded.in_custody,"
                  + " removal = 0, removed_at = 0"
                  + SHORT_LOCK,
              evidence.value(),
              record.hex(),
              custody);
          refer(evidence, content);
          return true;
        });
  }

  private static List<Digest> content(EvidenceRecord record) {
    return record.artifacts().stream().map(StoredArtifact::sha256).toList();
  }

  private void refer(Id id, Collection<Digest> content) throws IOException {
    String evidence = id.value();
    database.update("DELETE FROM content_references WHERE evidence = ?", evidence);
    for (List<String> chunk : Statements.chunks(content)) {
      List<Object> arguments = new ArrayList<>();
      for (String each : chunk) {
        arguments.add(each);
        arguments.add(evidence);
      }
      database.update(
          "INSERT INTO content_references (sha256, evidence) VALUES "
              + Statements.rows("(?, ?)", chunk.size()),
          arguments.toArray());
    }
  }

  List<Id> due() throws IOException {
    return ids("SELECT evidence FROM evidence_records WHERE in_custody = 0 AND" + ALIVE);
  }

  void markInCustody(Id evidence, Digest record) throws IOException {
    database.update(
        "UPDATE evidence_records SET in_custody = 1 WHERE evidence = ? AND record = ?",
        evidence.value(),
        record.hex());
  }

  List<Id> alive() throws IOException {
    return ids("SELECT evidence FROM evidence_records WHERE" + ALIVE);
  }

  List<Id> alive(String after, int limit) throws IOException {
    return database.query(
        "SELECT evidence FROM evidence_records WHERE evidence > ? AND"
            + ALIVE
            + " ORDER BY evidence LIMIT ?",
        row -> new Id(row.getString(1)),
        after,
        limit);
  }

  /**
   * Evidence whose removal was interrupted, or is in custody and has not begun; all evidence if
   * custody is not in this database.
   */
  List<Id> removalsToFinish() throws IOException {
    return ids(
        "SELECT e.evidence FROM evidence_records e WHERE e.removal = 1 OR e.removal = 0 AND (NOT"
            + " EXISTS (SELECT 1 FROM custody_head) OR EXISTS (SELECT 1 FROM custody_evidence c"
            + " WHERE c.evidence = e.evidence AND c.purged = 1))");
  }

  private List<Id> ids(String select) throws IOException {
    return database.query(select + " ORDER BY evidence", row -> new Id(row.getString(1)));
  }

  /**
   * Ends the evidence, so that its objects can be deleted.
   *
   * @param locks true if the object store has locks
   * @return false if there is none, and never was a short time ago
   */
  boolean beginRemoval(Id evidence, boolean locks) throws IOException {
    return database.inTransaction(
        () -> {
          Row row = find(evidence, database.forUpdate());
          if (row == null) {
            return false;
          }
          if (locks && row.isLocked() && row.removal() == 0) {
            throw new ObjectLockedException(
                "evidence "
                    + evidence
                    + (row.held()
                        ? " is on hold in the object store: release the hold first"
                        : " is locked in the object store until "
                            + Instant.ofEpochMilli(row.lockedUntil())
                            + ": nobody can delete it before"));
          }
          database.update(
              "UPDATE evidence_records SET removal = 1, removed_at = "
                  + now
                  + " WHERE evidence = ?",
              evidence.value());
          database.update("DELETE FROM content_references WHERE evidence = ?", evidence.value());
          return true;
        });
  }

  void endRemoval(Id evidence) throws IOException {
    database.update(
        "UPDATE evidence_records SET removal = 2 WHERE evidence = ? AND removal = 1",
        evidence.value());
    database.update(
        "DELETE FROM evidence_records WHERE removal = 2 AND removed_at < "
            + now
            + " - "
            + REST.toMillis());
  }

  /** Notes a hold; false if there is no such evidence. */
  boolean hold(Id evidence, boolean held) throws IOException {
    return database.update(
            "UPDATE evidence_records SET held = ? WHERE evidence = ? AND" + ALIVE,
            held ? 1 : 0,
            evidence.value())
        == 1;
  }

  /** Notes a lock; false if there is no such evidence. */
  boolean lockUntil(Id evidence, Instant until) throws IOException {
    return database.update(
            "UPDATE evidence_records SET locked_until ="
                + " CASE WHEN locked_until > ? THEN locked_until ELSE ? END"
                + " WHERE evidence = ? AND"
                + ALIVE,
            until.toEpochMilli(),
            until.toEpochMilli(),
            evidence.value())
        == 1;
  }

  /** Until when those of these are locked that are. */
  Map<Id, Instant> lockedAmong(Collection<Id> evidence) throws IOException {
    Map<Id, Instant> locked = new HashMap<>();
    List<String> ids = evidence.stream().map(Id::value).distinct().sorted().toList();
    for (int from = 0; from < ids.size(); from += Statements.MAX) {
      List<String> some = ids.subList(from, Math.min(ids.size(), from + Statements.MAX));
      database.query(
          "SELECT evidence, locked_until FROM evidence_records WHERE locked_until > "
              + now
              + " - "
              + LOCK_MARGIN.toMillis()
              + " AND evidence IN "
              + Statements.marks(some.size()),
          row -> locked.put(new Id(row.getString(1)), Instant.ofEpochMilli(row.getLong(2))),
          some.toArray());
    }
    return locked;
  }

  /** The part of the content that evidence on hold refers to. */
  Set<Digest> heldOf(Collection<Digest> content) throws IOException {
    Set<Digest> held = new HashSet<>();
    for (List<String> chunk : Statements.chunks(content)) {
      held.addAll(
          database.query(
              "SELECT DISTINCT c.sha256 FROM content_references c JOIN evidence_records e"
                  + " ON e.evidence = c.evidence WHERE e.held = 1 AND c.sha256 IN "
                  + Statements.marks(chunk.size()),
              row -> new Digest(row.getString(1)),
              chunk.toArray()));
    }
    return held;
  }

  /** True for a condition that the current version is this one. */
  static Condition isStill(@Nullable Digest before) {
    return current -> Objects.equals(current, before);
  }
}
