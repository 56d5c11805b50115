package whorl.collector.receive.shared;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.collector.receive.SealListener;
import whorl.collector.receive.uploads.UploadMetadata;
import whorl.collector.receive.uploads.UploadSlots;
import whorl.collector.store.database.Database;
import whorl.evidence.ArtifactName;
import whorl.evidence.Id;

/**
 * The table of the evidence that has uploads: whose turn it is, and who has a slot. Thread-safe.
 */
final class EvidenceRows {
  private final Database database;
  private final String now;
  private final long leaseMillis;

  EvidenceRows(Database database, long leaseMillis) {
    this.database = database;
    this.now = database.nowMillis();
    this.leaseMillis = leaseMillis;
  }

  /** To whom the evidence belongs. */
  record Owner(Id capture, Id agent) {}

  /** Takes the turn, of new evidence too; null if another has it. */
  @Nullable Owner begin(UploadMetadata metadata, String holder) throws IOException {
    return first(
        database.query(
            "INSERT INTO upload_evidence (evidence, capture, agent, active_at, holder, held_until)"
                + " VALUES (?, ?, ?, "
                + now
                + ", ?, "
                + now
                + " + ?) ON CONFLICT (evidence) DO UPDATE SET holder = excluded.holder,"
                + " held_until = excluded.held_until WHERE upload_evidence.held_until < "
                + now
                + " RETURNING capture, agent",
            row -> new Owner(new Id(row.getString(1)), new Id(row.getString(2))),
            metadata.evidence().value(),
            metadata.capture().value(),
            metadata.agent().value(),
            holder,
            leaseMillis));
  }

  /** Takes the turn; null if another has it, or there is no such evidence. */
  @Nullable Owner take(Id evidence, String holder) throws IOException {
    return first(
        database.query(
            "UPDATE upload_evidence SET holder = ?, held_until = "
                + now
                + " + ? WHERE evidence = ? AND held_until < "
                + now
                + " RETURNING capture, agent",
            row -> new Owner(new Id(row.getString(1)), new Id(row.getString(2))),
            holder,
            leaseMillis,
            evidence.value()));
  }

  private static <T> @Nullable T first(List<T> rows) {
    return rows.isEmpty() ? null : rows.get(0);
  }

  boolean exists(Id evidence) throws IOException {
    return !database
        .query(
            "SELECT 1 FROM upload_evidence WHERE evidence = ?",
            row -> row.getInt(1),
            evidence.value())
        .isEmpty();
  }

  /**
   * Renews the turn in which a record is about to be stored: a collector that creates an upload
   * from now on has to look for the record. False if the turn was lost.
   */
  boolean renewForRecord(Id evidence, String holder) throws IOException {
    return database.update(
            "UPDATE upload_evidence SET kept = kept + 1, held_until = "
                + now
                + " + ? WHERE evidence = ? AND holder = ?",
            leaseMillis,
            evidence.value(),
            holder)
        > 0;
  }

  void release(Id evidence, String holder) throws IOException {
    database.update(
        "UPDATE upload_evidence SET holder = '', held_until = 0 WHERE evidence = ? AND holder = ?",
        evidence.value(),
        holder);
  }

  /** Deletes evidence without uploads, in the holder's turn; false if it has some. */
  boolean delete(Id evidence, String holder) throws IOException {
    return database.update(
            "DELETE FROM upload_evidence WHERE evidence = ? AND holder = ? AND NOT EXISTS"
                + " (SELECT 1 FROM uploads u WHERE u.evidence = upload_evidence.evidence)",
            evidence.value(),
            holder)
        > 0;
  }

  /** Deletes evidence without uploads that nobody has the turn of. */
  void deleteEmpty(Id evidence) throws IOException {
    database.update(
        "DELETE FROM upload_evidence WHERE evidence = ? AND held_until < "
            + now
            + " AND NOT EXISTS"
            + " (SELECT 1 FROM uploads u WHERE u.evidence = upload_evidence.evidence)",
        evidence.value());
  }

  void setKept(Id evidence, int kept) throws IOException {
    database.update(
        "UPDATE upload_evidence SET kept = ? WHERE evidence = ?", (long) kept, evidence.value());
  }

  /**
   * Notes that bytes have come, and renews the slot if there is one: one that was lost by a pause
   * is taken again with the next artifact, so that nobody has more than a share of them.
   *
   * @return null if the evidence is gone
   */
  SealListener.@Nullable Arrived touch(Id evidence, String network) throws IOException {
    String sum = "(SELECT coalesce(sum(u.received), 0) FROM uploads u WHERE u.evidence = ?";
    return first(
        database.query(
            "UPDATE upload_evidence SET active_at = "
                + now
                + ", network = ?, slot_until = CASE WHEN slot_until > "
                + now
                + " THEN "
                + now
                + " + ? ELSE slot_until END WHERE evidence = ? RETURNING capture, agent, "
                + sum
                + "), "
                + sum
                + " AND u.streamed = 1)",
            row ->
                new SealListener.Arrived(
                    new Id(row.getString(1)),
                    new Id(row.getString(2)),
                    row.getLong(3),
                    row.getLong(4)),
            network,
            UploadSlots.IDLE.toMillis(),
            evidence.value(),
            evidence.value(),
            evidence.value()));
  }

  List<Id> all() throws IOException {
    return database.query(
        "SELECT evidence FROM upload_evidence ORDER BY evidence", row -> new Id(row.getString(1)));
  }

  /** The evidence that got no bytes for so long, with its agents. */
  Map<Id, Id> idle(long millis) throws IOException {
    Map<Id, Id> idle = new LinkedHashMap<>();
    database.query(
        "SELECT evidence, agent FROM upload_evidence WHERE active_at < "
            + now
            + " - ? ORDER BY evidence",
        row -> idle.put(new Id(row.getString(1)), new Id(row.getString(2))),
        millis);
    return idle;
  }

  /** Evidence whose envelope has been complete for so long, and that is in nobody's turn. */
  List<Id> unsealed(long millis) throws IOException {
    return database.query(
        "SELECT u.evidence FROM uploads u JOIN upload_evidence e ON e.evidence = u.evidence"
            + " WHERE u.folded = ? AND u.aside = 0 AND u.sha256 <> '' AND u.touched_at < "
            + now
            + " - ? AND e.held_until < "
            + now
            + " ORDER BY u.evidence",
        row -> new Id(row.getString(1)),
        ArtifactName.ENVELOPE.value(),
        millis);
  }

  /** Renews the slot of evidence that has one; false if it has none. */
  boolean renewSlot(Id evidence, String network) throws IOException {
    return database.update(
            "UPDATE upload_evidence SET network = ?, slot_until = "
                + now
                + " + ? WHERE evidence = ? AND slot_until > "
                + now,
            network,
            UploadSlots.IDLE.toMillis(),
            evidence.value())
        > 0;
  }

  /** Slots that are taken: by all, and by one network. */
  record Taken(int all, int ofNetwork) {}

  Taken taken(String network) throws IOException {
    return database
        .query(
            "SELECT count(*), coalesce(sum(CASE WHEN network = ? THEN 1 ELSE 0 END), 0)"
                + " FROM upload_evidence WHERE slot_until > "
                + now,
            row -> new Taken(row.getInt(1), row.getInt(2)),
            network)
        .get(0);
  }

  /** Takes a slot if one is free when no other collector can take one. */
  boolean takeSlot(Id evidence, String network, int all, int ofNetwork) throws IOException {
    return database.inTransaction(
        () -> {
          database.update("UPDATE upload_limits SET changes = changes + 1 WHERE name = 'slots'");
          Taken taken = taken(network);
          if (taken.all() >= all || taken.ofNetwork() >= ofNetwork) {
            return false;
          }
          List<Object> arguments = new ArrayList<>();
          arguments.add(network);
          arguments.add(UploadSlots.IDLE.toMillis());
          arguments.add(evidence.value());
          return database.update(
                  "UPDATE upload_evidence SET network = ?, slot_until = "
                      + now
                      + " + ? WHERE evidence = ?",
                  arguments.toArray())
              > 0;
        });
  }
}
