package whorl.collector.store.chain;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import whorl.collector.store.database.Database;
import whorl.evidence.ChainHead;
import whorl.evidence.Digest;
import whorl.evidence.Id;

/**
 * The last link of each agent's chain, and the links of manifests, for all collectors that share
 * the records. A position only advances, whichever collector writes last. Thread-safe.
 */
public final class ChainLedger implements ManifestAnnouncements {
  /** Agents in one write. */
  static final int BATCH = 500;

  /** Manifests that one agent may announce in a day. */
  static final int MAX_MANIFESTS_A_DAY = 1_000;

  /** Chains that are remembered; an agent's token can make any number of agents. */
  static final int MAX_CHAINS = 200_000;

  /** Announcements that are remembered. */
  static final int MAX_ANNOUNCEMENTS = 2_000_000;

  private static final long DAY_MILLIS = Duration.ofDays(1).toMillis();

  private final Database database;

  public ChainLedger(Database database) {
    this.database = database;
  }

  /** The last known link of this agent; null if there is none. */
  public @Nullable ChainHead find(Id agent) throws IOException {
    List<ChainHead> found =
        database.query(
            "SELECT sequence, hash FROM agent_chains WHERE agent = ?",
            row -> new ChainHead(row.getLong(1), new Digest(row.getString(2))),
            agent.value());
    return found.isEmpty() ? null : found.get(0);
  }

  /**
   * Writes positions of many agents, in two statements for each five hundred. A position that is
   * not after the one in the ledger changes nothing.
   *
   * @return the positions that the ledger had before, of the agents that it knew
   */
  public Map<Id, ChainHead> advance(Map<Id, ChainHead> positions) throws IOException {
    Map<Id, ChainHead> before = new HashMap<>();
    SortedMap<Id, ChainHead> sorted = new TreeMap<>(positions); // all collectors lock in this order
    List<Map.Entry<Id, ChainHead>> all = new ArrayList<>(sorted.entrySet());
    for (int from = 0; from < all.size(); from += BATCH) {
      List<Map.Entry<Id, ChainHead>> batch = all.subList(from, Math.min(all.size(), from + BATCH));
      before.putAll(database.inTransaction(() -> write(batch)));
    }
    return before;
  }

  private Map<Id, ChainHead> write(List<Map.Entry<Id, ChainHead>> batch) throws IOException {
    Map<Id, ChainHead> before = new HashMap<>();
    database.query(
        "SELECT agent, sequence, hash FROM agent_chains WHERE agent IN ("
            + String.join(",", Collections.nCopies(batch.size(), "?"))
            + ") ORDER BY agent"
            + database.forUpdate(),
        row ->
            before.put(
                new Id(row.getString(1)),
                new ChainHead(row.getLong(2), new Digest(row.getString(3)))),
        batch.stream().map(each -> each.getKey().value()).toArray());
    database.updateAll(
        "INSERT INTO agent_chains (agent, sequence, hash, at_millis) VALUES (?, ?, ?, "
            + database.nowMillis()
            + ") ON CONFLICT (agent) DO UPDATE SET sequence = excluded.sequence,"
            + " hash = excluded.hash, at_millis = excluded.at_millis"
            + " WHERE excluded.sequence > agent_chains.sequence",
        batch.stream()
            .map(
                each ->
                    new Object[] {
                      each.getKey().value(),
                      each.getValue().sequence(),
                      each.getValue().hash().hex()
                    })
            .toList());
    return before;
  }

  /** Replaces the position of an agent by that of a speaker whose chain is another one. */
  public void replace(Id agent, ChainHead position) throws IOException {
    database.update(
        "INSERT INTO agent_chains (agent, sequence, hash, at_millis) VALUES (?, ?, ?, "
            + database.nowMillis()
            + ") ON CONFLICT (agent) DO UPDATE SET sequence = excluded.sequence,"
            + " hash = excluded.hash, at_millis = excluded.at_millis",
        agent.value(),
        position.sequence(),
        position.hash().hex());
  }

  /**
   * Claims an alert about this agent: true for one caller in each period, at all collectors
   * together.
   *
   * @param fault what is wrong, a word
   */
  public boolean claimAlert(Id agent, String fault, Duration period) throws IOException {
    String now = database.nowMillis();
    return !database
        .query(
            "INSERT INTO chain_alerts (agent, fault, at_millis) VALUES (?, ?, "
                + now
                + ") ON CONFLICT (agent, fault) DO UPDATE SET at_millis = excluded.at_millis"
                + " WHERE chain_alerts.at_millis <= excluded.at_millis - ? RETURNING agent",
            row -> row.getString(1),
            agent.value(),
            fault,
            period.toMillis())
        .isEmpty();
  }

  /** Gives up a claim whose alert could not be stored. */
  public void releaseAlert(Id agent, String fault) throws IOException {
    database.update("DELETE FROM chain_alerts WHERE agent = ? AND fault = ?", agent.value(), fault);
  }

  /** When the agent enrolled its key; null if it never did. */
  public @Nullable Instant enrolledAt(Id agent) throws IOException {
    List<Instant> found =
        database.query(
            "SELECT at_millis FROM first_keys WHERE agent = ?",
            row -> Instant.ofEpochMilli(row.getLong(1)),
            agent.value());
    return found.isEmpty() ? null : found.get(0);
  }

  /**
   * The agent announced a manifest. The first announcement counts.
   *
   * @return false if this agent has announced too many in a day, and this one is not kept
   */
  public boolean announced(Id evidence, Id agent, ChainHead position) throws IOException {
    String now = database.nowMillis();
    int added =
        database.update(
            "INSERT INTO chain_manifests (evidence, agent, sequence, hash, at_millis)"
                + " SELECT ?, ?, ?, ?, "
                + now
                + " WHERE (SELECT count(*) FROM chain_manifests WHERE agent = ? AND at_millis > "
                + now
                + " - ?) < ? ON CONFLICT (evidence) DO NOTHING",
            evidence.value(),
            agent.value(),
            position.sequence(),
            position.hash().hex(),
            agent.value(),
            DAY_MILLIS,
            MAX_MANIFESTS_A_DAY);
    return added == 1 || announced(evidence) != null;
  }

  @Override
  public @Nullable Announced announced(Id evidence) throws IOException {
    List<Announced> found =
        database.query(
            "SELECT agent, sequence, hash FROM chain_manifests WHERE evidence = ?",
            row ->
                new Announced(
                    new Id(row.getString(1)),
                    new ChainHead(row.getLong(2), new Digest(row.getString(3)))),
            evidence.value());
    return found.isEmpty() ? null : found.get(0);
  }

  /**
   * Evidence that an agent announced, and that has not arrived.
   *
   * @param announced by the database's clock
   */
  public record Overdue(Id evidence, Instant announced) {}

  /**
   * What announcements are looked for.
   *
   * @param alert that is raised about them; those for which it was claimed before are left out
   * @param age how old an announcement is at least
   * @param ageWhileSending the same while a capture of its agent is open and has received bytes
   *     within {@code age}: evidence waits for the evidence before it. Code in the JVM can begin
   *     captures without end, so this ends, too
   * @param window how old it is at most
   */
  public record OverdueQuestion(
      String alert, Duration age, Duration ageWhileSending, Duration window) {}

  /**
   * The agents whose announced evidence did not arrive. Anybody with an agent's token can be many
   * agents, and announce much: so an agent's turn comes by when it enrolled its key, or by when it
   * had its last alert if that is later, and without a key last of all.
   *
   * @param silence for how long an agent is left out after this alert about it
   */
  public List<Id> overdueAgents(OverdueQuestion question, Duration silence, int limit)
      throws IOException {
    String now = database.nowMillis();
    return database.query(
        "SELECT d.agent FROM (SELECT DISTINCT agent FROM chain_manifests WHERE at_millis > "
            + now
            + " - ? AND at_millis < "
            + now
            + " - ?) AS d LEFT JOIN first_keys k ON k.agent = d.agent"
            + " LEFT JOIN chain_alerts l ON l.agent = d.agent AND l.fault = ?"
            + " WHERE (l.at_millis IS NULL OR l.at_millis <= "
            + now
            + " - ?) AND EXISTS (SELECT 1 FROM chain_manifests m WHERE m.agent = d.agent"
            + isOverdue()
            + ") ORDER BY CASE WHEN k.at_millis IS NULL THEN 1 ELSE 0 END,"
            + " CASE WHEN k.at_millis > coalesce(l.at_millis, 0) THEN k.at_millis"
            + " ELSE coalesce(l.at_millis, 0) END, d.agent LIMIT ?",
        row -> new Id(row.getString(1)),
        question.window().toMillis(),
        question.age().toMillis(),
        question.alert(),
        silence.toMillis(),
        question.window().toMillis(),
        question.age().toMillis(),
        question.ageWhileSending().toMillis(),
        question.age().toMillis(),
        question.alert(),
        limit);
  }

  /** The evidence that this agent announced and that did not arrive, oldest first. */
  public List<Overdue> overdue(OverdueQuestion question, Id agent, int limit) throws IOException {
    return database.query(
        "SELECT m.evidence, m.at_millis FROM chain_manifests m WHERE m.agent = ?"
            + isOverdue()
            + " ORDER BY m.at_millis, m.evidence LIMIT ?",
        row -> new Overdue(new Id(row.getString(1)), Instant.ofEpochMilli(row.getLong(2))),
        agent.value(),
        question.window().toMillis(),
        question.age().toMillis(),
        question.ageWhileSending().toMillis(),
        question.age().toMillis(),
        question.alert(),
        limit);
  }

  /**
   * A condition after {@code m.agent = …}. Its arguments: the window, the age, the age while the
   * agent sends, the age again, the alert.
   */
  private String isOverdue() {
    String now = database.nowMillis();
    return " AND m.at_millis > "
        + now
        + " - ? AND m.at_millis < "
        + now
        + " - CASE WHEN EXISTS (SELECT 1 FROM captures c WHERE c.agent = m.agent"
        + " AND c.state IN ('requested', 'running', 'shipping') AND c.touched_at > "
        + now
        + " - ?) THEN ? ELSE ? END"
        // another agent can send its own under this id, and a partial one lacks what was announced
        + " AND NOT EXISTS (SELECT 1 FROM evidence e WHERE e.id = m.evidence"
        + " AND e.agent = m.agent AND e.state <> 'partial')"
        + " AND NOT EXISTS (SELECT 1 FROM chain_alerts a WHERE a.agent = m.evidence"
        + " AND a.fault = ?)";
  }

  /** Deletes the announcement of purged evidence. */
  public void purged(Id evidence) throws IOException {
    database.update("DELETE FROM chain_manifests WHERE evidence = ?", evidence.value());
  }

  /**
   * Deletes chains that did not advance for {@code age}, alerts of that age, announcements of that
   * age whose evidence never arrived, and the oldest of those that are too many.
   */
  public void forget(Duration age) throws IOException {
    forgetOldest("agent_chains", "agent", MAX_CHAINS);
    forgetOldest("chain_manifests", "evidence", MAX_ANNOUNCEMENTS);
    String before = database.nowMillis() + " - " + age.toMillis();
    database.update("DELETE FROM agent_chains WHERE at_millis < " + before);
    database.update("DELETE FROM chain_alerts WHERE at_millis < " + before);
    database.update(
        "DELETE FROM chain_manifests WHERE at_millis < "
            + before
            + " AND NOT EXISTS (SELECT 1 FROM evidence WHERE evidence.id ="
            + " chain_manifests.evidence)");
  }

  private void forgetOldest(String table, String key, int max) throws IOException {
    database.update(
        "DELETE FROM "
            + table
            + " WHERE "
            + key
            + " IN (SELECT "
            + key
            + " FROM "
            + table
            + " ORDER BY at_millis DESC LIMIT "
            + Long.MAX_VALUE
            + " OFFSET ?)",
        max);
  }
}
