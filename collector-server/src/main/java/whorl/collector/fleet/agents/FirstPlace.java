package whorl.collector.fleet.agents;

import org.jspecify.annotations.Nullable;
import whorl.collector.http.request.AgentProof;
import whorl.collector.store.records.AgentRecord;
import whorl.evidence.AgentIdentity;

/**
 * Keeps agents in the service, the namespace and with the labels that they named first: an agent is
 * one process, in which these never change. Otherwise an intruder in it could name another service.
 * That would hide the agent, its journal and its last alerts from the people who may see the first
 * service, and show others what the agent sent before.
 */
final class FirstPlace {
  private FirstPlace() {}

  /**
   * The identity, in the agent's first place; a namespace that is proved counts in any case.
   *
   * @param claimed by the agent now, with what it proved
   * @param earlier the agent as it was known before; null for a new one
   */
  static AgentIdentity of(AgentIdentity claimed, AgentProof proof, @Nullable AgentRecord earlier) {
    if (earlier == null) {
      return claimed;
    }
    AgentIdentity first = earlier.identity();
    return new AgentIdentity(
        claimed.id(),
        first.service(),
        proof.namespace() == null ? first.namespace() : claimed.namespace(),
        first.labels(),
        claimed.pod(),
        claimed.podUid(),
        claimed.container(),
        claimed.host(),
        claimed.pid(),
        claimed.jvm(),
        claimed.agentVersion());
  }
}
