package whorl.collector;

import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import whorl.collector.config.AgentAccess;
import whorl.collector.http.server.Metrics;
import whorl.collector.identity.AgentIdentities;
import whorl.collector.identity.IdentityCounters;
import whorl.collector.maintenance.PeriodicTask;

/** Who agents are, and to whom what they send belongs. */
final class IdentityWiring {
  private final AgentIdentities proofs;

  private IdentityWiring(AgentIdentities proofs) {
    this.proofs = proofs;
  }

  /**
   * @param clock the same for all collectors
   * @param closing receives what must be closed, last opened first
   */
  static IdentityWiring open(
      AgentAccess access,
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
    return new IdentityWiring(proofs);
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
  }

  /** Identifies agents that have no token of the tokens file. */
  AgentIdentities proofs() {
    return proofs;
  }
}
