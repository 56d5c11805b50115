package whorl.collector.alerts;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import whorl.collector.fleet.Fleet;
import whorl.collector.fleet.Target;
import whorl.evidence.AgentIdentity;
import whorl.evidence.Text;

/**
 * What another program knows of the place. The narrowest that leads to an agent counts: pod uid,
 * container id, namespace and pod, service, host. Service and host are only asked when neither pod
 * nor container was named: an alert about one pod must not freeze its neighbours.
 *
 * @param containerId the container's id or its first 12 digits
 */
record TargetResolver(
    @Nullable String podUid,
    @Nullable String containerId,
    @Nullable String namespace,
    @Nullable String pod,
    @Nullable String service,
    @Nullable String host)
    implements AlertSource {

  /** From whatever names the other program uses. */
  static TargetResolver of(
      Function<String, @Nullable String> value,
      List<String> podUidNames,
      List<String> containerNames,
      List<String> namespaceNames,
      List<String> podNames,
      List<String> serviceNames,
      List<String> hostNames) {
    return new TargetResolver(
        first(value, podUidNames),
        containerId(value, containerNames),
        first(value, namespaceNames),
        first(value, podNames),
        first(value, serviceNames),
        withoutPort(first(value, hostNames)));
  }

  /** Whether no part is known that could lead to an agent. */
  boolean isNowhere() {
    return podUid == null && containerId == null && pod == null && service == null && host == null;
  }

  @Override
  public List<AgentIdentity> agents(Fleet fleet) {
    List<AgentIdentity> found = List.of();
    if (podUid != null) {
      found = narrowed(fleet.find(agent -> podUid.equals(agent.podUid())));
    }
    if (found.isEmpty() && containerId != null) {
      found = fleet.find(this::inContainer);
    }
    if (found.isEmpty() && pod != null) {
      found = narrowed(fleet.find(inNamespace().and(agent -> pod.equals(agent.pod()))));
    }
    if (podUid != null || containerId != null || pod != null) {
      return found;
    }
    if (service != null) {
      found = fleet.find(inNamespace().and(agent -> service.equals(agent.service())));
    }
    if (found.isEmpty() && host != null) {
      found = fleet.find(agent -> host.equals(agent.host()));
    }
    return found;
  }

  @Override
  public String described() {
    List<String> parts = new ArrayList<>();
    part(parts, "pod uid", podUid);
    part(parts, "container", containerId);
    part(parts, "namespace", namespace);
    part(parts, "pod", pod);
    part(parts, "service", service);
    part(parts, "host", host);
    return parts.isEmpty() ? "a place that the alert does not name" : String.join(", ", parts);
  }

  /** Of several JVMs in one pod, those in the container, if one is known to be. */
  private List<AgentIdentity> narrowed(List<AgentIdentity> inPod) {
    if (containerId == null) {
      return inPod;
    }
    List<AgentIdentity> inContainer = inPod.stream().filter(this::inContainer).toList();
    return inContainer.isEmpty() ? inPod : inContainer;
  }

  private boolean inContainer(AgentIdentity agent) {
    return containerId != null
        && agent.container() != null
        && agent.container().startsWith(containerId);
  }

  private Predicate<AgentIdentity> inNamespace() {
    return agent -> namespace == null || namespace.equals(agent.namespace());
  }

  private static @Nullable String first(
      Function<String, @Nullable String> value, List<String> names) {
    for (String name : names) {
      String found = value.apply(name);
      // Falco writes <NA> for what it does not know
      if (found != null && !found.isBlank() && !found.equals("<NA>")) {
        return found;
      }
    }
    return null;
  }

  /**
   * Container runtimes write {@code containerd://} before the id; {@code container} may be a name.
   */
  private static @Nullable String containerId(
      Function<String, @Nullable String> value, List<String> names) {
    for (String name : names) {
      String found = value.apply(name);
      if (found != null) {
        String id = found.substring(found.lastIndexOf('/') + 1).toLowerCase(Locale.ROOT);
        if (Target.isContainerId(id)) {
          return id;
        }
      }
    }
    return null;
  }

  private static @Nullable String withoutPort(@Nullable String host) {
    if (host == null) {
      return null;
    }
    int colon = host.lastIndexOf(':');
    return colon > 0 && host.indexOf(':') == colon ? host.substring(0, colon) : host;
  }

  private static void part(List<String> parts, String name, @Nullable String value) {
    if (value != null) {
      parts.add(name + " " + Text.shortened(value));
    }
  }
}
