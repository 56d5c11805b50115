package whorl.collector.store.access;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.collector.store.database.Database;
import whorl.evidence.AgentIdentity;
import whorl.evidence.Id;
import whorl.evidence.Json;

/**
 * Finds out whose rows are that do not say so yet: new ones, those of earlier versions, and those
 * that an earlier version writes beside this one. What a row says once stays, so that an agent
 * cannot carry its evidence over to others. Thread-safe.
 *
 * <p>Nobody waits for this when something is written. It is done before somebody who does not see
 * everything reads, and every minute.
 */
public final class Origins {
  private static final Logger LOG = LoggerFactory.getLogger(Origins.class);
  private static final int ROWS_AT_ONCE = 200;

  private final Database database;
  private final OriginLedger ledger;
  private final OwnerLedger owners;
  private final Agents agents;

  /** What is known of agents besides the ledgers here: of those that are connected. */
  @FunctionalInterface
  public interface Agents {
    /** The agent's identity; null if it was never connected, or is forgotten. */
    @Nullable AgentIdentity find(Id agent) throws IOException;
  }

  public Origins(Database database, OriginLedger ledger, OwnerLedger owners, Agents agents) {
    this.database = database;
    this.ledger = ledger;
    this.owners = owners;
    this.agents = agents;
  }

  /** What a row says. */
  private record Row(
      String id, @Nullable String agent, @Nullable String service, @Nullable String record) {}

  /** What an alert's or agent's record says. */
  private record Written(
      @Nullable String agent,
      @Nullable String service,
      @Nullable String namespace,
      @Nullable AgentIdentity identity) {}

  /** Whose this agent is, and what it makes; null if it was never connected, or is forgotten. */
  public @Nullable Origin of(Id agent) throws IOException {
    AgentIdentity identity = agents.find(agent);
    return identity == null
        ? null
        : new Origin(
            namespace(owners.find(agent), identity.namespace()),
            identity.service(),
            identity.labels());
  }

  /**
   * The id of a connected agent's place. A hunt asks for thousands of agents, and most are in few
   * places; what such an agent has proved is in its identity already.
   */
  public String idOf(AgentIdentity agent) throws IOException {
    String recent = ledger.recentId(Origin.of(agent));
    return recent == null
        ? idOf(agent.id(), agent.namespace(), agent.service(), agent.labels())
        : recent;
  }

  /** Finds out whose some rows are; true if there may be more. */
  public boolean look() throws IOException {
    if (database
            .query(
                "SELECT CASE WHEN EXISTS (SELECT 1 FROM evidence WHERE origin IS NULL)"
                    + " OR EXISTS (SELECT 1 FROM alerts WHERE origin IS NULL)"
                    + " OR EXISTS (SELECT 1 FROM alert_groups WHERE origin IS NULL)"
                    + " OR EXISTS (SELECT 1 FROM captures WHERE origin IS NULL)"
                    + " OR EXISTS (SELECT 1 FROM agents WHERE origin IS NULL)"
                    + " THEN 1 ELSE 0 END",
                row -> row.getInt(1))
            .get(0)
        == 0) {
      return false;
    }
    boolean more = false;
    for (Thing each : Thing.values()) {
      more |= assign(each, "origin IS NULL") >= ROWS_AT_ONCE;
    }
    return more;
  }

  /** Finds out whose all rows are, with pauses for others. */
  public void lookAll() throws IOException {
    boolean more = true;
    while (more && !Thread.currentThread().isInterrupted()) {
      more = look();
    }
  }

  /** True if the scope holds this thing; false also if there is none with this id. */
  public boolean sees(Scope scope, Thing thing, Id id) throws IOException {
    if (scope.isEverything()) {
      return true;
    }
    List<String> found = origin(thing, id);
    if (found.isEmpty()) {
      // an agent that has just connected has no row yet
      Origin live = thing == Thing.AGENT ? of(id) : null;
      return live != null && scope.holds(live);
    }
    if (found.get(0) == null) {
      int unused = assign(thing, "origin IS NULL AND id = ?", id.value());
      found = origin(thing, id);
    }
    return !found.isEmpty() && ledger.holds(scope, found.get(0));
  }

  /** The id of whose this thing is; {@link OriginLedger#NOBODY} also if there is no such thing. */
  public String idOf(Thing thing, Id id) throws IOException {
    int unused = assign(thing, "origin IS NULL AND id = ?", id.value());
    List<@Nullable String> found = origin(thing, id);
    String origin = found.isEmpty() ? null : found.get(0);
    return origin == null ? OriginLedger.NOBODY : origin;
  }

  private List<@Nullable String> origin(Thing thing, Id id) throws IOException {
    return database.query(
        "SELECT origin FROM " + thing.table() + " WHERE id = ?",
        row -> row.getString(1),
        id.value());
  }

  private int assign(Thing thing, String where, Object... arguments) throws IOException {
    List<Row> rows =
        database.query(
            "SELECT "
                + columns(thing)
                + " FROM "
                + thing.table()
                + " WHERE "
                + where
                + " LIMIT "
                + ROWS_AT_ONCE,
            row -> new Row(row.getString(1), row.getString(2), row.getString(3), row.getString(4)),
            arguments);
    Map<String, String> byAgent = new HashMap<>();
    List<@Nullable Object[]> updates = new ArrayList<>();
    for (Row row : rows) {
      updates.add(new @Nullable Object[] {originOf(thing, row, byAgent), row.id()});
    }
    int[] unused =
        database.updateAll(
            "UPDATE " + thing.table() + " SET origin = ? WHERE id = ? AND origin IS NULL", updates);
    return rows.size();
  }

  private static String columns(Thing thing) {
    return switch (thing) {
      case EVIDENCE, CAPTURE -> "id, agent, service, NULL";
      case ALERT -> "id, NULL, NULL, record";
      case ALERT_GROUP -> "id, NULL, NULL, whose";
      case AGENT -> "id, id, service, record";
    };
  }

  private String originOf(Thing thing, Row row, Map<String, String> byAgent) throws IOException {
    Written written =
        row.record() == null
            ? new Written(row.agent(), row.service(), null, null)
            : written(row.record());
    String agent = row.agent() == null ? written.agent() : row.agent();
    if (agent == null) {
      return written.service() == null && written.namespace() == null
          ? OriginLedger.NOBODY
          : ledger.idOfNamed(new Origin(written.namespace(), text(written.service()), Map.of()));
    }
    String known = byAgent.get(agent);
    if (known != null) {
      return known;
    }
    AgentIdentity identity = thing == Thing.AGENT ? written.identity() : agents.find(new Id(agent));
    if (identity == null) {
      // of an agent that is forgotten, or that only uploaded
      return idOf(new Id(agent), written.namespace(), text(written.service()), Map.of());
    }
    String id = idOf(new Id(agent), identity.namespace(), identity.service(), identity.labels());
    byAgent.put(agent, id);
    return id;
  }

  private String idOf(
      Id agent, @Nullable String reported, String service, Map<String, String> labels)
      throws IOException {
    Owner owner = owners.find(agent);
    Origin origin = new Origin(namespace(owner, reported), service, labels);
    return owner == null || owner.hasSharedToken()
        ? ledger.idOfClaimed(origin)
        : ledger.idOf(origin);
  }

  /** A record that cannot be read must not keep others from being found: it is nobody's. */
  private static Written written(String record) {
    try {
      return Json.LENIENT.readValue(record, Written.class);
    } catch (IOException damaged) {
      LOG.warn("a record does not say whose it is, so it belongs to nobody", damaged);
      return new Written(null, null, null, null);
    }
  }

  private static @Nullable String namespace(@Nullable Owner owner, @Nullable String reported) {
    return owner == null || owner.namespace() == null ? reported : owner.namespace();
  }

  private static String text(@Nullable String value) {
    return value == null ? "" : value;
  }
}
