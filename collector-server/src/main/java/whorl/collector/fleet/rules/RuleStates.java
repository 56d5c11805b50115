package whorl.collector.fleet.rules;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import whorl.collector.store.rules.RuleStateLedger;
import whorl.evidence.Id;
import whorl.evidence.Text;
import whorl.evidence.channel.AgentMessage.RuleSetState;

/**
 * The states of rule sets in agents that are connected to other collectors. Changes of an agent are
 * written within a moment, those of many agents at once. Safe for use by several threads.
 */
public final class RuleStates {
  private static final int MAX_PROBLEMS = 20;
  private static final int MAX_PROBLEM_CHARS = 500;

  private final RuleStateLedger ledger;
  private final ConcurrentHashMap<Id, RuleStateLedger.OfAgent> unsaved = new ConcurrentHashMap<>();

  public RuleStates(RuleStateLedger ledger) {
    this.ledger = ledger;
  }

  /** The agent has these states; without states it only supports pushed rules. */
  void changed(Id agent, List<RuleSetState> states) {
    List<RuleSetState> bounded =
        states.stream().limit(RuleSets.MAX_SETS).map(RuleStates::bounded).toList();
    unsaved.put(agent, new RuleStateLedger.OfAgent(agent, bounded));
  }

  /** Returns the state of a set in each agent that supports pushed rules. */
  Map<Id, RuleSetState> states(String set) throws IOException {
    return ledger.states(set);
  }

  /** Writes what has changed; to be called every second. */
  public void save() throws IOException {
    List<RuleStateLedger.OfAgent> batch = List.copyOf(unsaved.values());
    if (!batch.isEmpty()) {
      ledger.save(batch);
      // an agent that has changed since then stays for the next call
      batch.forEach(each -> unsaved.remove(each.agent(), each));
    }
  }

  /** Deletes the states of agents that are forgotten; to be called now and then. */
  public void forget() throws IOException {
    ledger.forget();
  }

  /** The state with its first problems: an agent may say very many, and long ones. */
  static RuleSetState bounded(RuleSetState state) {
    return new RuleSetState(
        state.name(),
        state.wanted(),
        state.version(),
        state.rules(),
        state.problems().stream()
            .limit(MAX_PROBLEMS)
            .map(text -> Text.beginning(text, MAX_PROBLEM_CHARS))
            .toList());
  }
}
