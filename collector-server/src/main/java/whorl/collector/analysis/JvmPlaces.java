package whorl.collector.analysis;

import java.io.IOException;
import org.jspecify.annotations.Nullable;
import whorl.collector.store.AgentLedger;
import whorl.collector.store.AgentRecord;
import whorl.evidence.AgentIdentity;
import whorl.evidence.Id;

/**
 * Tells whether two agents are one JVM before and after a restart. An agent's id lives as long as
 * its process; a container that restarts has a new id, in the same pod and of the same service.
 * Outside Kubernetes nothing tells a restart from a replica, so there each id is a JVM of its own.
 */
final class JvmPlaces {
  private final AgentLedger agents;

  JvmPlaces(AgentLedger agents) {
    this.agents = agents;
  }

  /** What is equal for agents of one place: the pod and the service, or else the id alone. */
  String of(Id agent) throws IOException {
    AgentRecord record = agents.find(agent);
    String pod = record == null ? null : pod(record.identity());
    return record == null || pod == null
        ? "agent " + agent.value()
        : "pod " + pod + " service " + record.identity().service();
  }

  /** Names of pods are unique within their namespace only. */
  private static @Nullable String pod(AgentIdentity agent) {
    if (agent.podUid() != null) {
      return agent.podUid();
    }
    return agent.pod() == null || agent.namespace() == null
        ? null
        : agent.namespace() + "/" + agent.pod();
  }
}
