package whorl.collector.store.records;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.collector.store.access.Scope;
import whorl.collector.store.access.ScopedRows;
import whorl.collector.store.database.Database;
import whorl.collector.store.database.LikePattern;
import whorl.evidence.Id;
import whorl.evidence.Json;

/** All agents ever seen; the agents unseen for longest are forgotten first. Thread-safe. */
public final class AgentLedger {
  private static final int IDS_AT_ONCE = 100;

  /** Rows in one statement, because all agents are written once a minute. */
  private static final int ROWS_AT_ONCE = 20;

  private final Database database;
  private final ScopedRows rows;

  public AgentLedger(Database database) {
    this.database = database;
    this.rows = new ScopedRows(database);
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

  /**
   * Writes all agents or none; they are durable when this returns. An agent that was seen later by
   * another collector stays as that one wrote it.
   */
  public void save(Collection<AgentRecord> agents) throws IOException {
    List<@Nullable Object[]> rows =
        agents.stream()
            .sorted(Comparator.comparing(each -> each.identity().id())) // all lock in this order
            .map(AgentLedger::row)
            .toList();
    int inMany = rows.size() - rows.size() % ROWS_AT_ONCE;
    List<@Nullable Object[]> many = new ArrayList<>();
    for (int from = 0; from < inMany; from += ROWS_AT_ONCE) {
      many.add(rows.subList(from, from + ROWS_AT_ONCE).stream().flatMap(Arrays::stream).toArray());
    }
    List<@Nullable Object[]> rest = rows.subList(inMany, rows.size());
    if (many.isEmpty()) {
      int[] unused = database.updateAll(insertion(1), rest);
      return;
    }
    int[] unused =
        database.inTransaction(
            () -> {
              int[] inserted = database.updateAll(insertion(ROWS_AT_ONCE), many);
              return rest.isEmpty() ? inserted : database.updateAll(insertion(1), rest);
            });
  }

  private static String insertion(int rows) {
    return "INSERT INTO agents (id, service, namespace, pod, pod_uid, last_seen, record) VALUES "
        + String.join(", ", Collections.nCopies(rows, "(?, ?, ?, ?, ?, ?, ?)"))
        + " ON CONFLICT (id) DO UPDATE SET"
        // whose it is, is found out again if it proves now where it is
        + " origin = CASE WHEN agents.service = excluded.service"
        + " AND coalesce(agents.namespace, '') = coalesce(excluded.namespace, '')"
        + " THEN agents.origin END,"
        + " service = excluded.service, namespace = excluded.namespace, pod = excluded.pod,"
        + " pod_uid = excluded.pod_uid, last_seen = excluded.last_seen,"
        + " record = excluded.record WHERE excluded.last_seen >= agents.last_seen";
  }

  private static @Nullable Object[] row(AgentRecord agent) {
    return new @Nullable Object[] {
      agent.identity().id().value(),
      agent.identity().service(),
      agent.identity().namespace(),
      agent.identity().pod(),
      agent.identity().podUid(),
      agent.lastSeen().toEpochMilli(),
      Json.text(agent)
    };
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

  /** Those of these agents that are known, by id. */
  public Map<Id, AgentRecord> findAll(List<Id> agents) throws IOException {
    Map<Id, AgentRecord> found = new HashMap<>();
    for (int from = 0; from < agents.size(); from += IDS_AT_ONCE) {
      List<Id> next = agents.subList(from, Math.min(agents.size(), from + IDS_AT_ONCE));
      database
          .query(
              "SELECT record FROM agents WHERE id IN ("
                  + String.join(", ", Collections.nCopies(next.size(), "?"))
                  + ")",
              row -> Json.LENIENT.readValue(row.getString(1), AgentRecord.class),
              next.stream().map(Id::value).toArray())
          .forEach(agent -> found.put(agent.identity().id(), agent));
    }
    return found;
  }

  /**
   * A page of the agents that the scope holds, sorted by id.
   *
   * @param after the last id of the previous page; empty for the first page
   */
  /** Agents whose record contains this text, last seen first; case does not matter. */
  public List<AgentRecord> search(Scope scope, String text, int limit) throws IOException {
    return rows.read(
        scope,
        new ScopedRows.Page(
            "id, record, last_seen",
            "agents",
            "lower(record) " + LikePattern.CONDITION,
            List.of(LikePattern.containing(text)),
            "last_seen DESC, id",
            limit,
            false),
        row -> Json.LENIENT.readValue(row.getString(2), AgentRecord.class));
  }

  public List<AgentRecord> page(Scope scope, Filter filter, String after, int limit)
      throws IOException {
    StringBuilder sql = new StringBuilder("id > ?");
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
    return rows.read(
        scope,
        new ScopedRows.Page("id, record", "agents", sql.toString(), arguments, "id", limit, false),
        row -> Json.LENIENT.readValue(row.getString(2), AgentRecord.class));
  }

  /** The services of the agents that the scope holds, sorted by their number, largest first. */
  public List<ServiceCount> services(Scope scope, int limit) throws IOException {
    ScopedRows.Within within = ScopedRows.within(scope);
    List<@Nullable Object> arguments = new ArrayList<>(within.arguments());
    arguments.add(limit);
    return database.query(
        "SELECT service, namespace, count(*) AS n, max(last_seen) FROM agents WHERE id <> ''"
            + within.sql()
            + " GROUP BY service, namespace ORDER BY n DESC, service, namespace NULLS FIRST"
            + " LIMIT ?",
        row ->
            new ServiceCount(
                row.getString(1),
                row.getString(2),
                row.getInt(3),
                Instant.ofEpochMilli(row.getLong(4))),
        arguments.toArray());
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
                        + " (SELECT id FROM agents ORDER BY last_seen DESC LIMIT "
                        + Long.MAX_VALUE
                        + " OFFSET ?)",
                    maxAgents));
  }
}
