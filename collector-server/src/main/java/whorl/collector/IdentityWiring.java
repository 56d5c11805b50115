package whorl.collector;

import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import whorl.collector.config.AgentAccess;
import whorl.collector.fleet.agents.Fleet;
import whorl.collector.http.server.Metrics;
import whorl.collector.identity.AgentIdentities;
import whorl.collector.identity.IdentityCounters;
import whorl.collector.identity.OwnedAgents;
import whorl.collector.limit.Quota;
import whorl.collector.maintenance.PeriodicTask;
import whorl.collector.store.access.OwnerLedger;
import whorl.collector.store.database.Database;
import whorl.evidence.Id;

/** Who agents are, and to whom what they send belongs. */
final class IdentityWiring {
  private final AgentIdentities proofs;
  private final OwnedAgents owners;

  private IdentityWiring(AgentIdentities proofs, OwnedAgents owners) {
    this.proofs = proofs;
    this.owners = owners;
  }

  /**
   * @param bindings limits the agents that one identity may have anew
   * @param clock the same for all collectors
   * @param closing receives what must be closed, last opened first
   */
  static IdentityWiring open(
      AgentAccess access,
      Database database,
      Quota bindings,
      InstantSource clock,
      Metrics metrics,
      Readiness readiness,
      List<AutoCloseable> closing) {
    IdentityCounters counters = new IdentityCounters();
    register(metrics, counters);
    AgentIdentities proofs = new AgentIdentities(access, clock, System::nanoTime, counters);
    if (!access.issuers().isEmpty()) {
      proofs.readKeys();
      closing.add(
          0, PeriodicTask.start("agent-issuers", Duration.ofSeconds(1), proofs::readKeys));
      readiness.addOptional(proofs::problem);
    }
    return new IdentityWiring(
        proofs, new OwnedAgents(new OwnerLedger(database), bindings, System::nanoTime, counters));
  }

  private static void register(Metrics metrics, IdentityCounters counters) {
    metrics.counters(
        "whorl_agent_identity_refused_total",
        "Agents turned away for what they proved, or did not.",
        "reason",
        counters::refused);
    metrics.counter(
        "whorl_agent_tokens_verified_total",
        "Service account tokens whose signature was verified.",
        counters::verified);
    metrics.counter(
        "whorl_agent_issuer_reads_total", "Keys of issuers that were read.", counters::keyReads);
    metrics.counter(
        "whorl_agent_issuer_failures_total",
        "Keys of issuers that could not be read.",
        counters::keyFailures);
    metrics.counter(
        "whorl_agent_owners_total", "Agents that were given to an identity.", counters::bound);
    metrics.counter(
        "whorl_agent_heirs_total",
        "Requests for uploads of agents that are gone, by a later pod.",
        counters::heirs);
    metrics.counter(
        "whorl_agent_claims_corrected_total",
        "Agents that named another namespace or pod than they proved.",
        counters::corrected);
  }

  /** Connects the owners of agents with what the fleet knows of them. */
  void use(Fleet fleet) {
    owners.use(
        new OwnedAgents.Peers() {
          @Override
          public boolean isKnown(Id agent) throws IOException {
            return fleet.isKnown(agent);
          }

          @Override
          public boolean isGone(Id agent) throws IOException {
            return fleet.isGone(agent);
          }

          @Override
          public void foreign(Id agent, String why, String client, String remoteAddress)
              throws IOException {
            fleet.foreign(agent, why, client, remoteAddress);
          }
        });
  }

  /** To whom agents belong. */
  OwnedAgents owners() {
    return owners;
  }

  /** Identifies agents that have no token of the tokens file. */
  AgentIdentities proofs() {
    return proofs;
  }
}
