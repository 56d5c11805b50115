package whorl.collector.store;

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.evidence.Digest;
import whorl.evidence.Id;

/**
 * Which key each agent enrolled, by the key's SHA-256. An agent's first key is its key for ever, so
 * nothing is ever removed. It is an index of the custody log, and is made again from it. Safe for
 * use by several threads.
 */
public final class EnrolmentLedger {
  private static final int VERSION = 1;

  private final Database database;

  public EnrolmentLedger(Database database) throws IOException {
    this.database = database;
    LedgerSchema.prepare(
        database,
        "enrolments",
        VERSION,
        "CREATE TABLE IF NOT EXISTS enrolments (agent TEXT PRIMARY KEY, key_id TEXT NOT NULL,"
            + " sequence INTEGER NOT NULL) WITHOUT ROWID",
        "CREATE INDEX IF NOT EXISTS enrolments_sequence ON enrolments (sequence)");
  }

  /**
   * An agent's first key.
   *
   * @param sequence of the custody log's entry that says so
   */
  public record Enrolment(Id agent, Digest keyId, long sequence) {}

  /** Adds them; an agent that is there keeps the key it has. */
  public void add(List<Enrolment> enrolments) throws IOException {
    database.inTransaction(
        () -> {
          int added = 0;
          for (Enrolment enrolment : enrolments) {
            added +=
                database.update(
                    "INSERT OR IGNORE INTO enrolments (agent, key_id, sequence) VALUES (?, ?, ?)",
                    enrolment.agent().value(),
                    enrolment.keyId().hex(),
                    enrolment.sequence());
          }
          return added;
        });
  }

  /** The SHA-256 of the agent's key; null where it never enrolled one. */
  public @Nullable Digest keyId(Id agent) throws IOException {
    List<Digest> found =
        database.query(
            "SELECT key_id FROM enrolments WHERE agent = ?",
            row -> new Digest(row.getString(1)),
            agent.value());
    return found.isEmpty() ? null : found.get(0);
  }

  /** The custody entry up to which everything is here; -1 when nothing is. */
  public long lastSequence() throws IOException {
    return database
        .query("SELECT coalesce(max(sequence), -1) FROM enrolments", row -> row.getLong(1))
        .get(0);
  }
}
