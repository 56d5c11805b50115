package whorl.collector;

import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import whorl.collector.config.AgentAccess;
import whorl.collector.config.ObjectsPlace;
import whorl.collector.config.ServeConfig;
import whorl.collector.fleet.agents.Fleet;
import whorl.collector.fleet.agents.FleetStandings;
import whorl.collector.http.server.Metrics;
import whorl.collector.identity.AgentIdentities;
import whorl.collector.identity.IdentityBudget;
import whorl.collector.identity.IdentityCounters;
import whorl.collector.identity.OwnedAgents;
import whorl.collector.maintenance.PeriodicTask;
import whorl.collector.store.access.OwnerLedger;
import whorl.collector.store.database.Database;
import whorl.evidence.Id;

/** Who agents are, and to whom what they send belongs. */
final class IdentityWiring {
  private final AgentIdentities proofs;
  private static final long SHARED_STORE_BYTES = 1L << 40;

  private final OwnedAgents owners;
  private final IdentityBudget budget;

  private IdentityWiring(AgentIdentities proofs, OwnedAgents owners, IdentityBudget budget) {
    this.proofs = proofs;
    this.owners = owners;
    this.budget = budget;
  }

  /**
   * @param clock the same for all collectors
   * @param closing receives what must be closed, last opened first
   */
  static IdentityWiring open(
      ServeConfig config,
      Database database,
      LimitWiring limits,
      InstantSource clock,
      Metrics metrics,
      Readiness readiness,
      List<AutoCloseable> closing) {
    AgentAccess access = config.agents();
    IdentityCounters counters = new IdentityCounters();
    register(metrics, counters);
    AgentIdentities proofs = new AgentIdentities(access, clock, System::nanoTime, counters);
    if (!access.issuers().isEmpty()) {
      proofs.readKeys();
      closing.add(0, PeriodicTask.start("agent-issuers", Duration.ofSeconds(1), proofs::readKeys));
      readiness.addOptional(proofs::problem);
    }
    return new IdentityWiring(
        proofs,
        new OwnedAgents(
            new OwnerLedger(database),
            limits.bindingsAMinute(Fleet.MAX_ENROLLED_A_MINUTE),
            System::nanoTime,
            counters),
        new IdentityBudget(
            limits.uploadKibibytesADay(maxKibibytesADay(config)),
            limits.evidenceAnHour(IdentityBudget.EVIDENCE_AN_HOUR),
            counters));
  }

  private static int maxKibibytesADay(ServeConfig config) {
    Long given = config.agents().maxBytesADay();
    long bytes =
        given != null
            ? given
            : config.objects() instanceof ObjectsPlace.Data
                ? config.dataFolder().toFile().getTotalSpace() / 2
                : SHARED_STORE_BYTES;
    return (int) Math.max(1, Math.min(Integer.MAX_VALUE, bytes >> 10));
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
        "whorl_agent_uploads_over_budget_total",
        "Requests for uploads that have to wait, because their identity has sent too much.",
        counters::overBudget);
    metrics.counter(
        "whorl_agent_claims_corrected_total",
        "Agents that named another namespace or pod than they proved.",
        counters::corrected);
  }

  /** Connects the owners of agents with what the fleet knows of them. */
  void use(FleetStandings fleet) {
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

  /** What one identity may send. */
  IdentityBudget budget() {
    return budget;
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
