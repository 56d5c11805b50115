package whorl.collector.analysis;

import java.io.IOException;
import org.jspecify.annotations.Nullable;
import whorl.collector.store.records.AgentLedger;
import whorl.collector.store.records.AgentRecord;
import whorl.evidence.AgentIdentity;
import whorl.evidence.Id;

/**
 * Decides whether two agents are the same JVM before and after a restart. An agent's id lives as
 * long as its process. A container that restarts gets a new id but keeps its pod and service.
 * Outside Kubernetes a restart cannot be distinguished from a replica, so each id counts as its own
 * JVM.
 */
final class JvmPlaces {
  private final AgentLedger agents;

  JvmPlaces(AgentLedger agents) {
    this.agents = agents;
  }

  /**
   * Returns a key that is equal for agents of the same JVM: the pod and service, or else the agent
   * id.
   */
  String of(Id agent) throws IOException {
    AgentRecord record = agents.find(agent);
    String pod = record == null ? null : pod(record.identity());
    return record == null || pod == null
        ? "agent " + agent.value()
        : "pod " + pod + " service " + record.identity().service();
  }

  /** Pod names are unique only within their namespace. */
  private static @Nullable String pod(AgentIdentity agent) {
    if (agent.podUid() != null) {
      return agent.podUid();
    }
    return agent.pod() == null || agent.namespace() == null
        ? null
        : agent.namespace() + "/" + agent.pod();
  }
}
