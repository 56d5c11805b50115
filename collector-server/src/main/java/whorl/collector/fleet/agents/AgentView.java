package whorl.collector.fleet.agents;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.collector.fleet.costs.CostState;
import whorl.collector.fleet.costs.CostView;
import whorl.collector.store.access.Owner;
import whorl.collector.store.chain.ChainSummary;
import whorl.collector.store.records.AgentRecord;
import whorl.evidence.AgentIdentity;
import whorl.evidence.Id;

/** An agent as the API shows it; every field is always present. */
@JsonInclude(JsonInclude.Include.ALWAYS)
record AgentView(
    Id id,
    String service,
    @Nullable String namespace,
    Map<String, String> labels,
    @Nullable String pod,
    @Nullable String container,
    @Nullable String host,
    long pid,
    String jvm,
    String agentVersion,
    boolean connected,
    Instant lastSeen,
    Map<String, Object> capabilities,
    Map<String, Long> losses,
    @Nullable CostView costs,
    @Nullable ChainSummary chain,
    @Nullable Owner owner) {
  /**
   * An agent that is not connected to this collector.
   *
   * @param connected true if it is connected to another one
   */
  static AgentView of(AgentRecord agent, boolean connected) {
    return of(agent, connected, new CostState.Snapshot(agent.costs(), null, null));
  }

  static AgentView of(Connection agent) {
    return of(agent.record(), true, agent.costs().snapshot());
  }

  private static AgentView of(AgentRecord agent, boolean connected, CostState.Snapshot costs) {
    AgentIdentity identity = agent.identity();
    return new AgentView(
        identity.id(),
        identity.service(),
        identity.namespace(),
        identity.labels(),
        identity.pod(),
        identity.container(),
        identity.host(),
        identity.pid(),
        identity.jvm(),
        identity.agentVersion(),
        connected,
        agent.lastSeen(),
        agent.capabilities(),
        agent.losses(),
        CostView.of(costs),
        agent.chain(),
        agent.owner());
  }
}
