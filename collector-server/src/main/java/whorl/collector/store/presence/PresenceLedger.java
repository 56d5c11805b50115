package whorl.collector.store.presence;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import whorl.collector.store.database.Database;
import whorl.evidence.AgentIdentity;
import whorl.evidence.Id;
import whorl.evidence.Json;

/**
 * The collectors that run, and the collector that has each agent's channel. A collector lives while
 * its last beat is recent by the database's clock; the connections of one that does not live count
 * no more. Thread-safe.
 */
public final class PresenceLedger {
  /** How often a collector beats. */
  public static final Duration BEAT_EVERY = Duration.ofSeconds(4);

  /** A collector whose last beat is older than this does not live. */
  public static final Duration LIVES = Duration.ofSeconds(15);

  /** A connection that is older than this is not just being made or ended. */
  public static final Duration SETTLED = Duration.ofSeconds(10);

  /** A collector that does not live is forgotten after this time. */
  private static final Duration REMEMBERED = Duration.ofHours(1);

  private final Database database;
  private final String collector;

  /**
   * @param collector the name of this process; no two that run at the same time may have the same
   */
  public PresenceLedger(Database database, String collector) {
    this.database = database;
    this.collector = collector;
  }

  /** A channel of an agent at some collector. */
  public record Channel(String collector, long serial) {}

  /** The number of a service's connected agents. */
  public record ServiceChannels(String service, @Nullable String namespace, int agents) {}

  /** Says that this collector lives. */
  public void beat(String version) throws IOException {
    String now = database.nowMillis();
    database.update(
        "INSERT INTO collectors (id, version, started_at, seen_at) VALUES (?, ?, "
            + now
            + ", "
            + now
            + ") ON CONFLICT (id) DO UPDATE SET seen_at = excluded.seen_at",
        collector,
        version);
  }

  /** Says that this collector ends. Its connections stay, for those that take its agents over. */
  public void leave() throws IOException {
    database.update("UPDATE collectors SET seen_at = 0 WHERE id = ?", collector);
  }

  /** The names of the collectors that live, sorted. */
  public List<String> living() throws IOException {
    return database.query(
        "SELECT id FROM collectors WHERE " + lives("collectors") + " ORDER BY id",
        row -> row.getString(1));
  }

  /**
   * Records that this collector has the agent's channel now, and that the agent is not lost. This
   * is one statement, and another one only if the agent was lost, because after the end of a
   * collector all its agents come within seconds.
   *
   * @return the channel that the agent had before; null if there was none
   */
  public @Nullable Channel connect(AgentIdentity agent, long serial) throws IOException {
    Recorded recorded = record(agent, serial);
    if (recorded.lost()) {
      database.update("DELETE FROM lost_agents WHERE agent = ?", agent.id().value());
    }
    return recorded.earlier();
  }

  /**
   * What the row of a connection replaced.
   *
   * @param lost true if the agent was lost
   */
  private record Recorded(@Nullable Channel earlier, boolean lost) {}

  private Recorded record(AgentIdentity agent, long serial) throws IOException {
    return database
        .query(
            "INSERT INTO connections (agent, collector, serial, service, namespace, pod, pod_uid,"
                + " container, host, identity, connected_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, "
                + database.nowMillis()
                + ") ON CONFLICT (agent) DO UPDATE SET earlier_collector = connections.collector,"
                + " earlier_serial = connections.serial, collector = excluded.collector,"
                + " serial = excluded.serial, service = excluded.service,"
                + " namespace = excluded.namespace, pod = excluded.pod,"
                + " pod_uid = excluded.pod_uid, container = excluded.container,"
                + " host = excluded.host, identity = excluded.identity,"
                + " connected_at = excluded.connected_at"
                + " RETURNING earlier_collector, earlier_serial,"
                + " CASE WHEN EXISTS (SELECT 1 FROM lost_agents WHERE lost_agents.agent ="
                + " connections.agent) THEN 1 ELSE 0 END",
            row -> new Recorded(channel(row.getString(1), row.getLong(2)), row.getInt(3) == 1),
            agent.id().value(),
            collector,
            serial,
            agent.service(),
            agent.namespace(),
            agent.pod(),
            agent.podUid(),
            agent.container(),
            agent.host(),
            Json.text(agent))
        .get(0);
  }

  private static @Nullable Channel channel(@Nullable String collector, long serial) {
    return collector == null ? null : new Channel(collector, serial);
  }

  /** Records that the agent's channel at this collector has ended; a newer one stays. */
  public void disconnect(Id agent, long serial) throws IOException {
    database.update(
        "DELETE FROM connections WHERE agent = ? AND collector = ? AND serial = ?",
        agent.value(),
        collector,
        serial);
  }

  /** The agents that are connected to other living collectors, in the order of their ids. */
  public List<AgentIdentity> elsewhere(AgentFilter filter) throws IOException {
    return elsewhere(
        "identity", filter, row -> Json.LENIENT.readValue(row.getString(1), AgentIdentity.class));
  }

  /** The ids of the agents that are connected to other living collectors. */
  public Set<Id> idsElsewhere(AgentFilter filter) throws IOException {
    return new HashSet<>(elsewhere("agent", filter, row -> new Id(row.getString(1))));
  }

  private <T> List<T> elsewhere(String column, AgentFilter filter, Database.RowReader<T> reader)
      throws IOException {
    List<@Nullable Object> arguments = new ArrayList<>();
    arguments.add(collector);
    String conditions = filter.conditions(arguments);
    return database.query(
        "SELECT "
            + column
            + " FROM connections WHERE collector <> ?"
            + conditions
            + " AND collector IN (SELECT id FROM collectors WHERE "
            + lives("collectors")
            + ") ORDER BY agent",
        reader,
        arguments.toArray());
  }

  /** True if the agent is connected to another living collector. */
  public boolean isElsewhere(Id agent) throws IOException {
    return !database
        .query(
            "SELECT 1 FROM connections WHERE agent = ? AND collector <> ?"
                + " AND collector IN (SELECT id FROM collectors WHERE "
                + lives("collectors")
                + ")",
            row -> row.getInt(1),
            agent.value(),
            collector)
        .isEmpty();
  }

  /** True if the agent is connected to this collector. */
  public boolean isHere(Id agent) throws IOException {
    return !database
        .query(
            "SELECT 1 FROM connections WHERE agent = ? AND collector = ?",
            row -> row.getInt(1),
            agent.value(),
            collector)
        .isEmpty();
  }

  /** The connections to this collector that were recorded some time ago: serials by agent. */
  public Map<Id, Long> settled() throws IOException {
    Map<Id, Long> serials = new HashMap<>();
    database.query(
        "SELECT agent, serial FROM connections WHERE collector = ? AND connected_at < "
            + database.nowMillis()
            + " - ?",
        row -> serials.put(new Id(row.getString(1)), row.getLong(2)),
        collector,
        SETTLED.toMillis());
    return serials;
  }

  /** How many agents of each service are connected to other living collectors. */
  public List<ServiceChannels> servicesElsewhere() throws IOException {
    return database.query(
        "SELECT service, namespace, count(*) FROM connections WHERE collector <> ?"
            + " AND collector IN (SELECT id FROM collectors WHERE "
            + lives("collectors")
            + ") GROUP BY service, namespace",
        row -> new ServiceChannels(row.getString(1), row.getString(2), row.getInt(3)),
        collector);
  }

  /**
   * Records as lost the agents whose collector does not live any more, at most {@code limit}. One
   * transaction, so a collector that dies meanwhile leaves them to the next one.
   *
   * @return how many agents there were
   */
  public int loseOrphans(int limit) throws IOException {
    String orphaned =
        "collector NOT IN (SELECT id FROM collectors WHERE " + lives("collectors") + ")";
    return database.inTransaction(
        () -> {
          List<String> agents =
              database.query(
                  "SELECT agent FROM connections WHERE "
                      + orphaned
                      + " ORDER BY agent LIMIT ?"
                      + database.forUpdate(),
                  row -> row.getString(1),
                  limit);
          if (agents.isEmpty()) {
            return 0;
          }
          database.update(
              "INSERT INTO lost_agents (agent, lost_at, last_seen, silent, proved, lived_millis,"
                  + " identity) SELECT c.agent, "
                  + database.nowMillis()
                  + ", coalesce(a.last_seen, c.connected_at), 0,"
                  + " CASE WHEN f.agent IS NULL THEN 0 ELSE 1 END, 0, c.identity"
                  + " FROM connections c LEFT JOIN agents a ON a.id = c.agent"
                  + " LEFT JOIN first_keys f ON f.agent = c.agent WHERE c.agent >= ?"
                  + " AND c.agent <= ? AND c."
                  + orphaned
                  + " ON CONFLICT (agent) DO NOTHING",
              agents.get(0),
              agents.get(agents.size() - 1));
          return database.update(
              "DELETE FROM connections WHERE agent >= ? AND agent <= ? AND "
                  + orphaned
                  + " AND agent IN (SELECT agent FROM lost_agents)",
              agents.get(0),
              agents.get(agents.size() - 1));
        });
  }

  /**
   * Forgets collectors that have not lived for an hour.
   *
   * @return how many
   */
  public int forget() throws IOException {
    return database.update(
        "DELETE FROM collectors WHERE seen_at < " + database.nowMillis() + " - ?",
        REMEMBERED.toMillis());
  }

  private String lives(String table) {
    return lives(database, table);
  }

  /** A condition: the collector lives. */
  static String lives(Database database, String table) {
    return table + ".seen_at > " + database.nowMillis() + " - " + LIVES.toMillis();
  }
}
