package whorl.collector.fleet.agents;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import whorl.collector.store.presence.AgentFilter;
import whorl.evidence.AgentIdentity;
import whorl.evidence.Text;

/**
 * Selects agents: those that match every given part.
 *
 * @param pod the pod's name or uid
 * @param container the container's id or a prefix of it, 12 hexadecimal digits or more
 * @param labels labels that the agent must have; it may have others
 */
public record Target(
    @Nullable String agent,
    @Nullable String service,
    @Nullable String namespace,
    @Nullable String pod,
    @Nullable String container,
    Map<String, String> labels) {
  public static final String REMEDY =
      "give at least one of agent, service, namespace, pod, container, labels";
  private static final Pattern CONTAINER = Pattern.compile("[0-9a-f]{12,64}");

  /**
   * @throws IllegalArgumentException when {@code container} is not a prefix of a container id
   */
  public Target {
    if (container != null) {
      container = container.toLowerCase(Locale.ROOT);
      if (!isContainerId(container)) {
        throw new IllegalArgumentException(
            "not a container id (12 to 64 hexadecimal digits): " + Text.shortened(container));
      }
    }
    // not Map.copyOf, which is extremely slow when keys are chosen to collide
    labels = labels == null ? Map.of() : Collections.unmodifiableMap(new LinkedHashMap<>(labels));
  }

  /** True if {@code text} can be a container's id or the usual short form of one. */
  public static boolean isContainerId(String text) {
    return CONTAINER.matcher(text).matches();
  }

  /** True if no part is given. Such a target would select all agents, so it is refused. */
  public boolean isEmpty() {
    return agent == null
        && service == null
        && namespace == null
        && pod == null
        && container == null
        && labels.isEmpty();
  }

  /** Selects the agents that match all parts but the labels. */
  public AgentFilter filter() {
    return new AgentFilter(agent, service, namespace, null, null, pod, container, null);
  }

  /** True if this agent matches. */
  public boolean matches(AgentIdentity candidate) {
    return (agent == null || agent.equals(candidate.id().value()))
        && (service == null || service.equals(candidate.service()))
        && (namespace == null || namespace.equals(candidate.namespace()))
        && (pod == null || pod.equals(candidate.pod()) || pod.equals(candidate.podUid()))
        && (container == null
            || (candidate.container() != null && candidate.container().startsWith(container)))
        && candidate.labels().entrySet().containsAll(labels.entrySet());
  }

  /** Returns a description for messages, such as {@code service shop, label team=checkout}. */
  public String described() {
    List<String> parts = new ArrayList<>();
    addPart(parts, "agent", agent);
    addPart(parts, "service", service);
    addPart(parts, "namespace", namespace);
    addPart(parts, "pod", pod);
    addPart(parts, "container", container);
    labels.forEach((key, value) -> addPart(parts, "label", key + "=" + value));
    return String.join(", ", parts);
  }

  private static void addPart(List<String> parts, String name, @Nullable String value) {
    if (value != null) {
      parts.add(name + " " + Text.shortened(value));
    }
  }
}
