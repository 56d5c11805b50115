package whorl.collector.store.access;

import java.io.IOException;
import java.time.Duration;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.collector.store.database.Database;
import whorl.evidence.Id;
import whorl.evidence.Json;

/**
 * To whom agents belong. The first identity that speaks as an agent has it for good, also if two
 * arrive at two collectors at the same moment. An agent with the shared token has a row only if it
 * uploads before it connects. Thread-safe.
 */
public final class OwnerLedger {
  private static final int IDS_AT_ONCE = 100;

  private final Database database;

  public OwnerLedger(Database database) {
    this.database = database;
  }

  /** The agent's owner; null if nobody has proved to be it. */
  public @Nullable Owner find(Id agent) throws IOException {
    return findAll(List.of(agent)).get(agent);
  }

  /** True if nobody, or somebody for at least this long, has the agent. */
  public boolean isOlder(Id agent, Duration age) throws IOException {
    return database
        .query(
            "SELECT 1 FROM agent_owners WHERE agent = ? AND at_millis > "
                + database.nowMillis()
                + " - ?",
            row -> 1,
            agent.value(),
            age.toMillis())
        .isEmpty();
  }

  /** The owners of those of these agents that have one. */
  public Map<Id, Owner> findAll(List<Id> agents) throws IOException {
    Map<Id, Owner> found = new HashMap<>();
    for (int from = 0; from < agents.size(); from += IDS_AT_ONCE) {
      List<Id> next = agents.subList(from, Math.min(agents.size(), from + IDS_AT_ONCE));
      database.query(
          "SELECT agent, owner FROM agent_owners WHERE agent IN ("
              + String.join(", ", Collections.nCopies(next.size(), "?"))
              + ")",
          row ->
              found.put(
                  new Id(row.getString(1)), Json.LENIENT.readValue(row.getString(2), Owner.class)),
          next.stream().map(Id::value).toArray());
    }
    return found;
  }

  /**
   * Gives an agent to its first owner.
   *
   * @return the owner that it has now: this one, or one that was faster
   */
  public Owner claim(Id agent, Owner owner) throws IOException {
    int added =
        database.update(
            "INSERT INTO agent_owners (agent, identity, account, owner, at_millis) VALUES (?, ?, ?,"
                + " ?, "
                + database.nowMillis()
                + ") ON CONFLICT (agent) DO NOTHING",
            agent.value(),
            owner.identity(),
            owner.account(),
            Json.text(owner));
    Owner first = added == 1 ? owner : find(agent);
    if (first == null) {
      throw new IOException("the owner of agent " + agent + " is not stored; try again");
    }
    return first;
  }
}
