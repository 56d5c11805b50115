package whorl.collector.alerts;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import whorl.collector.fleet.agents.Fleet;
import whorl.collector.fleet.agents.Target;
import whorl.collector.store.presence.AgentFilter;
import whorl.evidence.AgentIdentity;
import whorl.evidence.Text;

/**
 * The place of an external alert. The narrowest part that matches an agent is used: pod uid,
 * container id, namespace and pod, service, host. Service and host are used only when neither pod
 * nor container is named, because an alert about one pod must not start captures on its neighbours.
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

  /** Reads the place from the fields that the other program uses. */
  static TargetResolver of(
      Function<String, @Nullable String> value,
      List<String> podUidNames,
      List<String> containerNames,
      List<String> namespaceNames,
      List<String> podNames,
      List<String> serviceNames,
      List<String> hostNames) {
    return new TargetResolver(
        firstValue(value, podUidNames),
        containerId(value, containerNames),
        firstValue(value, namespaceNames),
        firstValue(value, podNames),
        firstValue(value, serviceNames),
        withoutPort(firstValue(value, hostNames)));
  }

  /** True if no part is present that could match an agent. */
  boolean isNowhere() {
    return podUid == null && containerId == null && pod == null && service == null && host == null;
  }

  @Override
  public List<AgentIdentity> agents(Fleet fleet) throws IOException {
    List<AgentIdentity> found = List.of();
    if (podUid != null) {
      found = narrowToContainer(fleet.find(AgentFilter.podUid(podUid)));
    }
    if (found.isEmpty() && containerId != null) {
      found = fleet.find(AgentFilter.container(containerId));
    }
    if (found.isEmpty() && pod != null) {
      found = narrowToContainer(fleet.find(AgentFilter.pod(namespace, pod)));
    }
    if (podUid != null || containerId != null || pod != null) {
      return found;
    }
    if (service != null) {
      found = fleet.find(AgentFilter.service(namespace, service));
    }
    if (found.isEmpty() && host != null) {
      found = fleet.find(AgentFilter.host(host));
    }
    return found;
  }

  @Override
  public String described() {
    List<String> parts = new ArrayList<>();
    addPart(parts, "pod uid", podUid);
    addPart(parts, "container", containerId);
    addPart(parts, "namespace", namespace);
    addPart(parts, "pod", pod);
    addPart(parts, "service", service);
    addPart(parts, "host", host);
    return parts.isEmpty() ? "a place that the alert does not name" : String.join(", ", parts);
  }

  /** Narrows the JVMs of one pod to those in the container, if any is in it. */
  private List<AgentIdentity> narrowToContainer(List<AgentIdentity> inPod) {
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

  private static @Nullable String firstValue(
      Function<String, @Nullable String> value, List<String> names) {
    for (String name : names) {
      String found = value.apply(name);
      // Falco writes <NA> for unknown values
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

  private static void addPart(List<String> parts, String name, @Nullable String value) {
    if (value != null) {
      parts.add(name + " " + Text.shortened(value));
    }
  }
}
