package whorl.collector.store.presence;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import whorl.collector.store.database.Database;
import whorl.evidence.AgentIdentity;
import whorl.evidence.Id;
import whorl.evidence.Json;

/**
 * The agents of all collectors that left without a goodbye and have not come back. An agent that
 * has a channel at a living collector is not lost, whatever its row says. Thread-safe.
 */
public final class LostAgentLedger {
  private static final int ROWS_MAX = 100_000;

  private final Database database;
  private final String collector;

  /**
   * @param collector the name of this process in {@link PresenceLedger}
   */
  public LostAgentLedger(Database database, String collector) {
    this.database = database;
    this.collector = collector;
  }

  /**
   * A lost agent.
   *
   * @param lastSeen by the clock of the collector that had its channel
   * @param silent true if three heartbeats were missed; false if the connection was lost
   * @param proved true if it proved its key
   * @param lived for how long it was connected
   * @param gone for how long it has been lost, by the database's clock
   * @param lostAtMillis when it was lost, by the database's clock
   */
  public record Row(
      AgentIdentity agent,
      Instant lastSeen,
      boolean silent,
      boolean proved,
      Duration lived,
      Duration gone,
      long lostAtMillis) {}

  /**
   * Adds an agent that was lost just now, unless it has a channel other than this one.
   *
   * @param serial of its channel at this collector
   * @return false if there are too many
   */
  public boolean add(
      AgentIdentity agent,
      long serial,
      Instant lastSeen,
      boolean silent,
      boolean proved,
      Duration lived)
      throws IOException {
    int added =
        database.update(
            "INSERT INTO lost_agents (agent, lost_at, last_seen, silent, proved, lived_millis,"
                + " identity) SELECT CAST(? AS TEXT), "
                + database.nowMillis()
                + ", CAST(? AS BIGINT), CAST(? AS INTEGER), CAST(? AS INTEGER),"
                + " CAST(? AS BIGINT), CAST(? AS TEXT) WHERE (SELECT count(*) FROM lost_agents) < "
                + ROWS_MAX
                + " AND NOT EXISTS (SELECT 1 FROM connections WHERE agent = ?"
                + " AND NOT (collector = ? AND serial = ?)) ON CONFLICT (agent) DO NOTHING",
            agent.id().value(),
            lastSeen.toEpochMilli(),
            silent ? 1 : 0,
            proved ? 1 : 0,
            lived.toMillis(),
            Json.text(agent),
            agent.id().value(),
            collector,
            serial);
    return added > 0 || count() < ROWS_MAX;
  }

  private int count() throws IOException {
    return database.query("SELECT count(*) FROM lost_agents", row -> row.getInt(1)).get(0);
  }

  /** All lost agents, longest gone first, if the first is gone for this time; else none. */
  public List<Row> ifGone(Duration time) throws IOException {
    if (database
        .query(
            "SELECT 1 FROM lost_agents WHERE lost_at <= " + database.nowMillis() + " - ? LIMIT 1",
            row -> row.getInt(1),
            time.toMillis())
        .isEmpty()) {
      return List.of();
    }
    removeConnected();
    return database.query(
        "SELECT identity, last_seen, silent, proved, lived_millis, "
            + database.nowMillis()
            + " - lost_at, lost_at FROM lost_agents ORDER BY lost_at, agent",
        row ->
            new Row(
                Json.LENIENT.readValue(row.getString(1), AgentIdentity.class),
                Instant.ofEpochMilli(row.getLong(2)),
                row.getInt(3) == 1,
                row.getInt(4) == 1,
                Duration.ofMillis(row.getLong(5)),
                Duration.ofMillis(Math.max(0, row.getLong(6))),
                row.getLong(7)));
  }

  /** A collector of an earlier version does not remove the row of an agent that comes back. */
  private void removeConnected() throws IOException {
    database.update(
        "DELETE FROM lost_agents WHERE agent IN (SELECT connections.agent FROM connections"
            + " JOIN collectors ON collectors.id = connections.collector WHERE "
            + PresenceLedger.lives(database, "collectors")
            + ")");
  }

  /**
   * Removes these rows and runs {@code action} in one transaction.
   *
   * @param action may use this database
   * @return false if one of the agents has come back; then nothing is done
   */
  public boolean take(List<Lost> rows, Action action) throws IOException {
    try {
      return database.inTransactionOnce(
          () -> {
            removeAll(rows);
            action.run();
            return true;
          });
    } catch (CameBack e) {
      return false;
    }
  }

  private void removeAll(List<Lost> rows) throws IOException {
    int[] removed =
        database.updateAll(
            "DELETE FROM lost_agents WHERE agent = ? AND lost_at = ?",
            rows.stream()
                .sorted(Comparator.comparing(Lost::agent)) // all lock in this order
                .map(row -> new Object[] {row.agent().value(), row.lostAtMillis()})
                .toList());
    if (Arrays.stream(removed).anyMatch(count -> count == 0)) {
      throw new CameBack();
    }
  }

  /** Undoes the transaction. */
  private static final class CameBack extends IOException {
    private static final long serialVersionUID = 1;

    CameBack() {
      super("an agent has come back");
    }
  }

  /** Names a row, and when its agent was lost, because it may have been lost again since. */
  public record Lost(Id agent, long lostAtMillis) {}

  /** Work that belongs to the removal of rows. */
  @FunctionalInterface
  public interface Action {
    void run() throws IOException;
  }
}
