package whorl.collector.store.records;

import java.io.IOException;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.collector.store.database.Database;
import whorl.evidence.Digest;
import whorl.evidence.Id;

/**
 * The first key of each agent, by the key's SHA-256. An agent keeps its first key, so rows are
 * never removed. The table is an index of the custody log and can be rebuilt from it. Thread-safe.
 */
public final class EnrolmentLedger {
  private static final int VERSION = 2;

  private final Database database;

  public EnrolmentLedger(Database database) throws IOException {
    this.database = database;
    LedgerSchema.prepare(
        database,
        "enrolments",
        VERSION,
        // Version 1 has no times; custody fills the table again.
        "DROP TABLE IF EXISTS enrolments",
        "CREATE TABLE IF NOT EXISTS first_keys (agent TEXT PRIMARY KEY, key_id TEXT NOT NULL,"
            + " sequence INTEGER NOT NULL, at_millis INTEGER NOT NULL) WITHOUT ROWID",
        "CREATE INDEX IF NOT EXISTS first_keys_sequence ON first_keys (sequence)");
  }

  /**
   * An agent's first key.
   *
   * @param sequence of its entry in the custody log
   * @param at the collector's time, in whole milliseconds
   */
  public record Enrolment(Id agent, Digest keyId, long sequence, Instant at) {}

  /** Adds enrolments; an agent that has a key keeps it. */
  public void add(List<Enrolment> enrolments) throws IOException {
    database.inTransaction(
        () -> {
          int added = 0;
          for (Enrolment enrolment : enrolments) {
            added +=
                database.update(
                    "INSERT OR IGNORE INTO first_keys (agent, key_id, sequence, at_millis)"
                        + " VALUES (?, ?, ?, ?)",
                    enrolment.agent().value(),
                    enrolment.keyId().hex(),
                    enrolment.sequence(),
                    enrolment.at().toEpochMilli());
          }
          return added;
        });
  }

  /** The agent's first key; null if it never enrolled one. */
  public @Nullable Enrolment find(Id agent) throws IOException {
    List<Enrolment> found =
        database.query(
            "SELECT key_id, sequence, at_millis FROM first_keys WHERE agent = ?",
            row ->
                new Enrolment(
                    agent,
                    new Digest(row.getString(1)),
                    row.getLong(2),
                    Instant.ofEpochMilli(row.getLong(3))),
            agent.value());
    return found.isEmpty() ? null : found.get(0);
  }

  /** The SHA-256 of the agent's first key; null if it never enrolled one. */
  public @Nullable Digest keyId(Id agent) throws IOException {
    Enrolment enrolment = find(agent);
    return enrolment == null ? null : enrolment.keyId();
  }

  /** The last custody entry in this table; -1 if the table is empty. */
  public long lastSequence() throws IOException {
    return database
        .query("SELECT coalesce(max(sequence), -1) FROM first_keys", row -> row.getLong(1))
        .get(0);
  }
}
