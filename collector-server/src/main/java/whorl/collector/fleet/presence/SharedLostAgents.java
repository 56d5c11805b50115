package whorl.collector.fleet.presence;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import whorl.collector.fleet.lost.LostAgent;
import whorl.collector.fleet.lost.LostAgents;
import whorl.collector.store.presence.LostAgentLedger;
import whorl.evidence.Id;

/**
 * Lost agents in shared records: whichever collector has the lease raises the alerts, and another
 * one goes on if it dies. Thread-safe.
 */
public final class SharedLostAgents implements LostAgents {
  private final LostAgentLedger ledger;

  public SharedLostAgents(LostAgentLedger ledger) {
    this.ledger = ledger;
  }

  @Override
  public boolean areShared() {
    return true;
  }

  @Override
  public boolean add(LostAgent agent, long serial) throws IOException {
    return ledger.add(
        agent.agent(), serial, agent.lastSeen(), agent.silent(), agent.proved(), agent.lived());
  }

  @Override
  public void remove(Id agent) {
    // the transaction that recorded the new connection has removed it
  }

  @Override
  public List<LostAgent> ifGone(Duration time) throws IOException {
    return ledger.ifGone(time).stream()
        .map(
            row ->
                new LostAgent(
                    row.agent(),
                    row.lastSeen(),
                    row.silent(),
                    row.proved(),
                    row.lived(),
                    row.gone(),
                    row.lostAtMillis()))
        .toList();
  }

  @Override
  public boolean take(List<LostAgent> agents, Action action) throws IOException {
    return ledger.take(
        agents.stream()
            .map(agent -> new LostAgentLedger.Lost(agent.agent().id(), agent.token()))
            .toList(),
        action::run);
  }
}
