package whorl.collector.store.rules;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.collector.store.database.Database;
import whorl.evidence.Id;
import whorl.evidence.Json;
import whorl.evidence.channel.AgentMessage.RuleSetState;

/**
 * What each agent last said of its rule sets, so that every collector can show it. Rows of agents
 * that are forgotten are deleted, so there are at most as many agents as in the ledger of agents.
 * Thread-safe.
 */
public final class RuleStateLedger {
  /** The name in the row of an agent that supports pushed rules; no set has an empty name. */
  private static final String SUPPORTED = "";

  /** An agent that connects is not in the ledger of agents at once. */
  private static final Duration NEW = Duration.ofDays(1);

  private final Database database;

  public RuleStateLedger(Database database) {
    this.database = database;
  }

  /** The states of an agent's sets; without states it only supports pushed rules. */
  public record OfAgent(Id agent, List<RuleSetState> states) {}

  /** Replaces what is stored of these agents, in one transaction. */
  public void save(Collection<OfAgent> agents) throws IOException {
    List<OfAgent> ordered = new ArrayList<>(agents);
    ordered.sort(Comparator.comparing(OfAgent::agent)); // all collectors lock in this order
    List<@Nullable Object[]> deleted = new ArrayList<>();
    List<@Nullable Object[]> rows = new ArrayList<>();
    for (OfAgent each : ordered) {
      String agent = each.agent().value();
      deleted.add(new Object[] {agent});
      rows.add(new Object[] {SUPPORTED, agent, 0, 0, 0, "[]"});
      for (RuleSetState state : each.states()) {
        rows.add(
            new Object[] {
              state.name(),
              agent,
              state.wanted(),
              state.version(),
              state.rules(),
              Json.text(state.problems())
            });
      }
    }
    database.inTransaction(
        () -> {
          database.updateAll("DELETE FROM rule_states WHERE agent = ?", deleted);
          return database.updateAll(
              "INSERT INTO rule_states (name, agent, wanted, version, rules, problems, at_millis)"
                  + " VALUES (?, ?, ?, ?, ?, ?, "
                  + database.nowMillis()
                  + ") ON CONFLICT (name, agent) DO UPDATE SET wanted = excluded.wanted,"
                  + " version = excluded.version, rules = excluded.rules,"
                  + " problems = excluded.problems, at_millis = excluded.at_millis",
              rows);
        });
  }

  /** Returns the state of a set in each agent that supports pushed rules, by the agent. */
  public Map<Id, RuleSetState> states(String name) throws IOException {
    Map<Id, RuleSetState> states = new HashMap<>();
    for (String each : List.of(SUPPORTED, name)) {
      for (Row row : rows(each, name)) {
        states.put(row.agent(), row.state());
      }
    }
    return states;
  }

  private record Row(Id agent, RuleSetState state) {}

  /** Returns the rows with this name as states of a set. */
  private List<Row> rows(String name, String set) throws IOException {
    return database.query(
        "SELECT agent, wanted, version, rules, problems FROM rule_states WHERE name = ?",
        row ->
            new Row(
                new Id(row.getString(1)),
                new RuleSetState(
                    set,
                    row.getInt(2),
                    row.getInt(3),
                    row.getInt(4),
                    List.of(Json.LENIENT.readValue(row.getString(5), String[].class)))),
        name);
  }

  /** Deletes the rows of agents that are forgotten; returns how many. */
  public int forget() throws IOException {
    return database.update(
        "DELETE FROM rule_states WHERE at_millis < "
            + database.nowMillis()
            + " - ? AND agent NOT IN (SELECT id FROM agents)",
        NEW.toMillis());
  }
}
