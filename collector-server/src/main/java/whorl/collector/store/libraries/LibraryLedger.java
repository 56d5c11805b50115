package whorl.collector.store.libraries;

import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import whorl.collector.store.access.Scope;
import whorl.collector.store.access.ScopedRows;
import whorl.collector.store.database.Database;
import whorl.collector.store.database.ResultRow;
import whorl.evidence.AgentIdentity;
import whorl.evidence.Digest;
import whorl.evidence.Id;
import whorl.evidence.library.LibraryEntry;
import whorl.evidence.library.LibraryKind;
import whorl.evidence.library.LoadedMarks;
import whorl.evidence.library.NameSource;

/**
 * Inventories of libraries by their digests, and which agent has which. An inventory that no agent
 * has, and rows of agents that are forgotten, are deleted after a while; so there are at most as
 * many inventories as agents. Thread-safe.
 */
public final class LibraryLedger {
  /** An inventory is stored before its agent's row is. */
  private static final Duration UNUSED = Duration.ofHours(1);

  /** An agent that connects is not in the ledger of agents at once. */
  private static final Duration NEW = Duration.ofDays(1);

  private static final String ENTRY =
      "e.path, e.kind, e.group_id, e.name, e.version, e.source, e.sha256, e.size, e.java_agent,"
          + " e.problem";

  /** The number of columns of {@link #ENTRY}. */
  private static final int ENTRY_COLUMNS = 10;

  private final Database database;

  public LibraryLedger(Database database) {
    this.database = database;
  }

  /** What an agent says. */
  public record OfAgent(
      AgentIdentity agent, Digest inventory, String loaded, @Nullable String problem) {}

  /** True if the inventory is stored; then it stays for a while, though no agent has it. */
  public boolean use(Digest inventory) throws IOException {
    return database.update(
            "UPDATE library_inventories SET used_millis = "
                + database.nowMillis()
                + " WHERE id = ?",
            inventory.hex())
        > 0;
  }

  /** Stores an inventory, all of it or nothing; one that is stored already stays as it is. */
  public void put(Digest inventory, List<LibraryEntry> entries) throws IOException {
    List<@Nullable Object[]> rows = new ArrayList<>(entries.size());
    for (int i = 0; i < entries.size(); i++) {
      LibraryEntry entry = entries.get(i);
      rows.add(
          new @Nullable Object[] {
            inventory.hex(),
            i,
            entry.group(),
            entry.name(),
            entry.version(),
            entry.kind().word(),
            entry.from().word(),
            entry.path(),
            entry.sha256() == null ? null : entry.sha256().hex(),
            entry.size(),
            entry.agent() ? 1 : 0,
            entry.problem()
          });
    }
    database.inTransaction(
        () -> {
          int added =
              database.update(
                  "INSERT INTO library_inventories (id, entries, used_millis) VALUES (?, ?, "
                      + database.nowMillis()
                      + ") ON CONFLICT (id) DO NOTHING",
                  inventory.hex(),
                  entries.size());
          if (added > 0 && !rows.isEmpty()) {
            int[] unused =
                database.updateAll(
                    "INSERT INTO libraries (inventory, position, group_id, name, version, kind,"
                        + " source, path, sha256, size, java_agent, problem)"
                        + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    rows);
          }
          return added;
        });
  }

  /** Stores which inventories these agents have now, in one transaction. */
  public void save(Collection<OfAgent> agents) throws IOException {
    List<OfAgent> ordered = new ArrayList<>(agents);
    ordered.sort(Comparator.comparing(each -> each.agent().id())); // all lock in this order
    List<@Nullable Object[]> rows = new ArrayList<>();
    for (OfAgent each : ordered) {
      AgentIdentity agent = each.agent();
      rows.add(
          new @Nullable Object[] {
            agent.id().value(),
            each.inventory().hex(),
            each.loaded(),
            each.problem(),
            agent.service(),
            agent.namespace(),
            agent.pod(),
            agent.host()
          });
    }
    String now = database.nowMillis();
    int[] unused =
        database.updateAll(
            "INSERT INTO agent_libraries (agent, inventory, loaded, problem, service, namespace,"
                + " pod, host, first_millis, last_millis) VALUES (?, ?, ?, ?, ?, ?, ?, ?, "
                + now
                + ", "
                + now
                + ") ON CONFLICT (agent) DO UPDATE SET first_millis = CASE WHEN"
                + " agent_libraries.inventory = excluded.inventory"
                + " THEN agent_libraries.first_millis ELSE excluded.first_millis END,"
                + " inventory = excluded.inventory, loaded = excluded.loaded,"
                + " problem = excluded.problem, service = excluded.service,"
                + " namespace = excluded.namespace, pod = excluded.pod, host = excluded.host,"
                + " last_millis = excluded.last_millis",
            rows);
  }

  /**
   * Returns the libraries of the scope's JVMs, in the order of agents and positions.
   *
   * @param afterAgent the last agent of the page before, with {@code afterPosition} its last
   *     position; empty for the first page
   */
  public List<FoundLibrary> find(
      Scope scope, LibraryQuestion question, String afterAgent, int afterPosition, int limit)
      throws IOException {
    List<@Nullable Object> arguments = new ArrayList<>();
    String conditions = question.conditions(arguments);
    arguments.add(afterAgent);
    arguments.add(afterAgent);
    arguments.add(afterPosition);
    ScopedRows.Within within = ScopedRows.within(scope);
    arguments.addAll(within.arguments());
    arguments.add(limit);
    return database.query(
        "SELECT "
            + ENTRY
            + ", l.agent, l.service, l.namespace, l.pod, l.host, l.loaded, l.last_millis,"
            + " e.position FROM agent_libraries l"
            // SQLite keeps the order of a cross join: for a beginning of names it would sort all
            // rows of all agents, instead of reading agents until the page is full.
            + (question.isPrefix() ? " CROSS JOIN libraries e" : " JOIN libraries e ON 1 = 1")
            + (scope.isEverything() ? "" : " JOIN agents a ON a.id = l.agent")
            + " WHERE "
            + conditions
            + " AND (l.agent > ? OR (l.agent = ? AND e.position > ?))"
            + within.sql()
            + " ORDER BY l.agent, e.position LIMIT ?",
        LibraryLedger::found,
        arguments.toArray());
  }

  private static FoundLibrary found(ResultRow row) throws SQLException {
    int at = ENTRY_COLUMNS;
    int position = row.getInt(at + 8);
    return new FoundLibrary(
        new Id(row.getString(at + 1)),
        row.getString(at + 2),
        row.getString(at + 3),
        row.getString(at + 4),
        row.getString(at + 5),
        position,
        entry(row),
        LoadedMarks.loader(LoadedMarks.at(row.getString(at + 6), position)),
        Instant.ofEpochMilli(row.getLong(at + 7)));
  }

  private static LibraryEntry entry(ResultRow row) throws SQLException {
    String sha256 = row.getString(7);
    return new LibraryEntry(
        row.getString(1),
        LibraryKind.of(row.getString(2)),
        row.getString(3),
        row.getString(4),
        row.getString(5),
        NameSource.of(row.getString(6)),
        sha256 == null ? null : new Digest(sha256),
        row.getLong(8),
        row.getInt(9) == 1,
        row.getString(10));
  }

  /** Returns the inventory that the agent has; null if it has said nothing of one. */
  public @Nullable AgentInventory ofAgent(Id agent) throws IOException {
    List<AgentInventory> found =
        database.query(
            "SELECT inventory, loaded, problem, first_millis, last_millis FROM agent_libraries"
                + " WHERE agent = ?",
            row ->
                new AgentInventory(
                    agent,
                    new Digest(row.getString(1)),
                    row.getString(2),
                    row.getString(3),
                    Instant.ofEpochMilli(row.getLong(4)),
                    Instant.ofEpochMilli(row.getLong(5))),
            agent.value());
    return found.isEmpty() ? null : found.get(0);
  }

  /** Returns the entries of an inventory from this position on. */
  public List<LibraryEntry> entries(Digest inventory, int from, int limit) throws IOException {
    return database.query(
        "SELECT "
            + ENTRY
            + " FROM libraries e WHERE e.inventory = ? AND e.position >= ?"
            + " ORDER BY e.position LIMIT ?",
        LibraryLedger::entry,
        inventory.hex(),
        from,
        limit);
  }

  /** Returns the agents whose inventory is known and complete. */
  public Set<Id> complete() throws IOException {
    return new HashSet<>(
        database.query(
            "SELECT agent FROM agent_libraries WHERE problem IS NULL",
            row -> new Id(row.getString(1))));
  }

  /** Deletes what belongs to no agent any more; to be called now and then. */
  public void forget() throws IOException {
    String now = database.nowMillis();
    database.update(
        "DELETE FROM agent_libraries WHERE last_millis < "
            + now
            + " - ? AND agent NOT IN (SELECT id FROM agents)",
        NEW.toMillis());
    List<String> unused =
        database.query(
            "SELECT id FROM library_inventories WHERE used_millis < "
                + now
                + " - ? AND id NOT IN (SELECT inventory FROM agent_libraries) LIMIT 1000",
            row -> row.getString(1),
            UNUSED.toMillis());
    for (String id : unused) {
      database.inTransaction(
          () -> {
            int deleted =
                database.update(
                    "DELETE FROM library_inventories WHERE id = ? AND used_millis < "
                        + now
                        + " - ? AND id NOT IN (SELECT inventory FROM agent_libraries)",
                    id,
                    UNUSED.toMillis());
            return deleted == 0
                ? 0
                : database.update("DELETE FROM libraries WHERE inventory = ?", id);
          });
    }
  }
}
