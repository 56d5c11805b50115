package whorl.collector.store.access;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.evidence.AgentIdentity;

/**
 * Whose something is: evidence, an agent, an alert, a capture.
 *
 * @param namespace of the agent's pod: the one that the agent proved, or else the one that it
 *     reported; null if neither is known
 * @param service as the agent reported it
 * @param labels as the agent reported them; nobody changes them. They are not copied, because that
 *     takes long with keys that collide, and each request of a team compares those of all agents
 */
public record Origin(@Nullable String namespace, String service, Map<String, String> labels) {
  /**
   * Whose this agent is. A connected agent's namespace is the one that it proved, if it proved one.
   */
  public static Origin of(AgentIdentity agent) {
    return new Origin(agent.namespace(), agent.service(), agent.labels());
  }
}
