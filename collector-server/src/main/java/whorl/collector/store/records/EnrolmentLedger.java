package whorl.collector.store.records;

import java.io.IOException;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.collector.store.database.Database;
import whorl.evidence.Digest;
import whorl.evidence.Id;

/**
 * The first key of each agent, by the key's SHA-256. An agent keeps its first key, so rows are
 * never removed. The table is an index of the custody log and can be rebuilt from it: of two keys,
 * the one whose entry is first in custody counts. Thread-safe.
 */
public final class EnrolmentLedger {

  private final Database database;

  public EnrolmentLedger(Database database) {
    this.database = database;
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
    database.updateAll(
        "INSERT INTO first_keys (agent, key_id, sequence, at_millis) VALUES (?, ?, ?, ?)"
            + " ON CONFLICT (agent) DO UPDATE SET key_id = excluded.key_id,"
            + " sequence = excluded.sequence, at_millis = excluded.at_millis"
            + " WHERE excluded.sequence < first_keys.sequence",
        enrolments.stream()
            .sorted(Comparator.comparing(Enrolment::agent)) // all collectors lock in this order
            .map(
                each ->
                    new Object[] {
                      each.agent().value(),
                      each.keyId().hex(),
                      each.sequence(),
                      each.at().toEpochMilli()
                    })
            .toList());
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
