package whorl.collector.store.access;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.evidence.AgentIdentity;
import whorl.evidence.Copies;

/**
 * Whose something is: evidence, an agent, an alert, a capture.
 *
 * @param namespace of the agent's pod: the one that the agent proved, or else the one that it
 *     reported; null if neither is known
 * @param service as the agent reported it
 * @param labels as the agent reported them
 */
public record Origin(@Nullable String namespace, String service, Map<String, String> labels) {
  /** As many as an agent may have. */
  private static final int LABELS_MAX = 1_024;

  public Origin {
    labels = Copies.copy("labels", labels, LABELS_MAX);
  }

  /**
   * Whose this agent is. A connected agent's namespace is the one that it proved, if it proved one.
   */
  public static Origin of(AgentIdentity agent) {
    return new Origin(agent.namespace(), agent.service(), agent.labels());
  }
}
