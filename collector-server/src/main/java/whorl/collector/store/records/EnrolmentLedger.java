package whorl.collector.store.records;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.collector.store.database.Database;
import whorl.evidence.Digest;
import whorl.evidence.Id;

/**
 * The first key of each agent, by the key's SHA-256. An agent keeps its first key, so rows are
 * never removed. Of two keys at the same moment, the one whose row is first counts; its entry in
 * the custody log follows. The table can be rebuilt from that log. Thread-safe.
 */
public final class EnrolmentLedger {
  /** The sequence of an enrolment whose entry is not in custody yet. */
  public static final long PENDING = -1;

  private final Database database;

  public EnrolmentLedger(Database database) {
    this.database = database;
  }

  /**
   * An agent's first key.
   *
   * @param sequence of its entry in the custody log, or {@link #PENDING}
   * @param at the database's time, in whole milliseconds
   */
  public record Enrolment(Id agent, Digest keyId, long sequence, Instant at) {}

  /**
   * Enrols a key, before its entry in custody.
   *
   * @return the agent's key: this one with true, or the one that it had already with false
   */
  public Claimed claim(Id agent, Digest keyId) throws IOException {
    int added =
        database.update(
            "INSERT INTO first_keys (agent, key_id, sequence, at_millis) VALUES (?, ?, ?, "
                + database.nowMillis()
                + ") ON CONFLICT (agent) DO NOTHING",
            agent.value(),
            keyId.hex(),
            PENDING);
    Enrolment first = find(agent);
    if (first == null) {
      throw new IOException("the key of agent " + agent + " is not stored; connect again");
    }
    return new Claimed(first, added == 1);
  }

  /**
   * The result of a claim.
   *
   * @param mine true if this call enrolled the key
   */
  public record Claimed(Enrolment first, boolean mine) {}

  /** The entry of this enrolment is in custody. */
  public void recorded(Enrolment enrolment) throws IOException {
    database.update(
        "UPDATE first_keys SET sequence = ? WHERE agent = ? AND key_id = ? AND sequence = ?",
        enrolment.sequence(),
        enrolment.agent().value(),
        enrolment.keyId().hex(),
        PENDING);
  }

  /** Returns enrolments of at least this age whose entry is not in custody, at most a thousand. */
  public List<Enrolment> pending(Duration age) throws IOException {
    return database.query(
        "SELECT agent, key_id, at_millis FROM first_keys WHERE sequence = ? AND at_millis <= "
            + database.nowMillis()
            + " - ? ORDER BY at_millis LIMIT 1000",
        row ->
            new Enrolment(
                new Id(row.getString(1)),
                new Digest(row.getString(2)),
                PENDING,
                Instant.ofEpochMilli(row.getLong(3))),
        PENDING,
        age.toMillis());
  }

  /**
   * Adds enrolments that were read from custody. An agent that has a key keeps it, unless an
   * earlier entry names another.
   */
  public void add(List<Enrolment> enrolments) throws IOException {
    database.updateAll(
        "INSERT INTO first_keys (agent, key_id, sequence, at_millis) VALUES (?, ?, ?, ?)"
            + " ON CONFLICT (agent) DO UPDATE SET key_id = excluded.key_id,"
            + " sequence = excluded.sequence, at_millis = excluded.at_millis"
            + " WHERE excluded.sequence < first_keys.sequence"
            + " OR (first_keys.sequence = ? AND excluded.key_id = first_keys.key_id)",
        enrolments.stream()
            .sorted(Comparator.comparing(Enrolment::agent)) // all collectors lock in this order
            .map(
                each ->
                    new Object[] {
                      each.agent().value(),
                      each.keyId().hex(),
                      each.sequence(),
                      each.at().toEpochMilli(),
                      PENDING
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
