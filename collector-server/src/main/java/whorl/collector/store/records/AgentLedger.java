package whorl.collector.store.records;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.collector.store.database.Database;
import whorl.evidence.Id;
import whorl.evidence.Json;

/** All agents ever seen; the agents unseen for longest are forgotten first. Thread-safe. */
public final class AgentLedger {
  private static final int VERSION = 1;

  private final Database database;

  public AgentLedger(Database database) throws IOException {
    this.database = database;
    LedgerSchema.prepare(
        database,
        "agents",
        VERSION,
        "CREATE TABLE IF NOT EXISTS agents (id TEXT PRIMARY KEY, service TEXT NOT NULL,"
            + " namespace TEXT, pod TEXT, pod_uid TEXT, last_seen INTEGER NOT NULL,"
            + " record TEXT NOT NULL) WITHOUT ROWID",
        "CREATE INDEX IF NOT EXISTS agents_last_seen ON agents (last_seen)");
  }

  /**
   * A filter for a list of agents; null means any.
   *
   * @param pod its name or uid
   */
  public record Filter(@Nullable String service, @Nullable String namespace, @Nullable String pod) {
    /** True if the agent matches the filter. */
    public boolean accepts(AgentRecord agent) {
      return (service == null || service.equals(agent.identity().service()))
          && (namespace == null || namespace.equals(agent.identity().namespace()))
          && (pod == null
              || pod.equals(agent.identity().pod())
              || pod.equals(agent.identity().podUid()));
    }
  }

  /** The number of a service's agents, and the last time at which one of them was seen. */
  public record ServiceCount(
      String service, @Nullable String namespace, int agents, Instant lastSeen) {}

  /** Writes all agents or none; they are durable when this returns. */
  public void save(Collection<AgentRecord> agents) throws IOException {
    database.inTransaction(
        () -> {
          for (AgentRecord agent : agents) {
            database.update(
                "INSERT OR REPLACE INTO agents"
                    + " (id, service, namespace, pod, pod_uid, last_seen, record)"
                    + " VALUES (?, ?, ?, ?, ?, ?, ?)",
                agent.identity().id().value(),
                agent.identity().service(),
                agent.identity().namespace(),
                agent.identity().pod(),
                agent.identity().podUid(),
                agent.lastSeen().toEpochMilli(),
                Json.text(agent));
          }
          return agents.size();
        });
  }

  /** The agent; null if it was never seen or is forgotten. */
  public @Nullable AgentRecord find(Id agent) throws IOException {
    List<AgentRecord> found =
        database.query(
            "SELECT record FROM agents WHERE id = ?",
            row -> Json.LENIENT.readValue(row.getString(1), AgentRecord.class),
            agent.value());
    return found.isEmpty() ? null : found.get(0);
  }

  /**
   * A page of agents, sorted by id.
   *
   * @param after the last id of the previous page; empty for the first page
   */
  public List<AgentRecord> page(Filter filter, String after, int limit) throws IOException {
    StringBuilder sql = new StringBuilder("SELECT record FROM agents WHERE id > ?");
    List<@Nullable Object> arguments = new ArrayList<>();
    arguments.add(after);
    if (filter.service() != null) {
      sql.append(" AND service = ?");
      arguments.add(filter.service());
    }
    if (filter.namespace() != null) {
      sql.append(" AND namespace = ?");
      arguments.add(filter.namespace());
    }
    if (filter.pod() != null) {
      sql.append(" AND (pod = ? OR pod_uid = ?)");
      arguments.add(filter.pod());
      arguments.add(filter.pod());
    }
    sql.append(" ORDER BY id LIMIT ?");
    arguments.add(limit);
    return database.query(
        sql.toString(),
        row -> Json.LENIENT.readValue(row.getString(1), AgentRecord.class),
        arguments.toArray());
  }

  /** All services, sorted by their number of agents, largest first. */
  public List<ServiceCount> services(int limit) throws IOException {
    return database.query(
        "SELECT service, namespace, count(*) AS n, max(last_seen) FROM agents"
            + " GROUP BY service, namespace ORDER BY n DESC, service, namespace LIMIT ?",
        row ->
            new ServiceCount(
                row.getString(1),
                row.getString(2),
                row.getInt(3),
                Instant.ofEpochMilli(row.getLong(4))),
        limit);
  }

  /**
   * Forgets agents last seen before {@code oldest}, and those unseen for longest beyond {@code
   * maxAgents}.
   *
   * @return the number of forgotten agents
   */
  public int forget(Instant oldest, int maxAgents) throws IOException {
    return database.inTransaction(
        () ->
            database.update("DELETE FROM agents WHERE last_seen < ?", oldest.toEpochMilli())
                + database.update(
                    "DELETE FROM agents WHERE id IN"
                        + " (SELECT id FROM agents ORDER BY last_seen DESC LIMIT -1 OFFSET ?)",
                    maxAgents));
  }
}
