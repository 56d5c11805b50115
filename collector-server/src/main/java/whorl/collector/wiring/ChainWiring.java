package whorl.collector.wiring;

import java.io.IOException;
import java.time.InstantSource;
import java.util.List;
import whorl.collector.fleet.agents.Journals;
import whorl.collector.fleet.chain.ChainAlertSink;
import whorl.collector.fleet.chain.ChainCounters;
import whorl.collector.fleet.chain.Chains;
import whorl.collector.http.server.Metrics;
import whorl.collector.store.chain.ChainLedger;
import whorl.collector.store.database.Database;
import whorl.collector.wiring.base.Foundation;

/**
 * The agents' chains. They are made before the fleet, and connected with journals and alerts when
 * those exist.
 */
final class ChainWiring {
  private final ChainLedger ledger;
  private final Chains chains;
  private volatile Chains.JournalTail journals = (agent, limit) -> List.of();
  private volatile ChainAlertSink alerts =
      (alert, agent, journal) -> {
        throw new IOException("the collector starts; the alert is raised later");
      };

  private ChainWiring(Database database, InstantSource clock, ChainCounters counters) {
    ledger = new ChainLedger(database);
    chains =
        new Chains(
            ledger,
            (agent, limit) -> journals.newest(agent, limit),
            (alert, agent, journal) -> alerts.chainFault(alert, agent, journal),
            clock,
            System::nanoTime,
            counters);
  }

  static ChainWiring open(Foundation base) {
    Metrics metrics = base.metrics();
    ChainCounters counters = new ChainCounters();
    metrics.counter("whorl_chain_links_total", "Messages that were links.", counters::links);
    metrics.counter(
        "whorl_chain_gaps_total", "Places where agents' messages are missing.", counters::gaps);
    metrics.counter(
        "whorl_chain_messages_missed_total",
        "Messages that agents sent and no collector received.",
        counters::missed);
    metrics.counter("whorl_chain_replays_total", "Messages received again.", counters::replays);
    metrics.counter(
        "whorl_chain_forks_total",
        "Messages that do not follow from what was received.",
        counters::forks);
    metrics.counter(
        "whorl_chain_speakers_total",
        "Somebody else spoke as an agent, or tried to.",
        counters::speakers);
    metrics.counter(
        "whorl_chain_faults_unreported_total",
        "Faults of chains without an alert of their own.",
        counters::unreported);
    return new ChainWiring(base.database(), base.clock(), counters);
  }

  ChainLedger ledger() {
    return ledger;
  }

  Chains chains() {
    return chains;
  }

  void journals(Journals written) {
    journals = written::newest;
  }

  void alerts(ChainAlertSink sink) {
    alerts = sink;
  }
}
