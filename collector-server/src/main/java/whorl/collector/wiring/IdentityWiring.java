package whorl.collector.wiring;

import java.io.IOException;
import java.time.Duration;
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
import whorl.collector.store.access.OwnerLedger;
import whorl.collector.wiring.base.Foundation;
import whorl.collector.wiring.base.LimitWiring;
import whorl.evidence.Id;

/**
 * Who agents are, and who owns what they send.
 *
 * @param proofs identifies agents that have no token of the tokens file
 * @param owners to whom agents belong
 * @param budget what one identity may send
 */
public record IdentityWiring(AgentIdentities proofs, OwnedAgents owners, IdentityBudget budget) {
  private static final long SHARED_STORE_BYTES = 1L << 40;

  public static IdentityWiring open(Foundation base, LimitWiring limits) {
    AgentAccess access = base.config().agents();
    IdentityCounters counters = new IdentityCounters();
    register(base.metrics(), counters);
    AgentIdentities proofs = new AgentIdentities(access, base.clock(), System::nanoTime, counters);
    if (!access.issuers().isEmpty()) {
      proofs.readKeys();
      base.every("agent-issuers", Duration.ofSeconds(1), proofs::readKeys);
      base.readiness().addOptional(proofs::problem);
    }
    return new IdentityWiring(
        proofs,
        new OwnedAgents(
            new OwnerLedger(base.database()),
            limits.bindingsAMinute(Fleet.MAX_ENROLLED_A_MINUTE),
            System::nanoTime,
            counters),
        new IdentityBudget(
            limits.uploadKibibytesADay(maxKibibytesADay(base.config())),
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
          public boolean isConnected(Id agent) throws IOException {
            return fleet.isConnected(agent);
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
}
