package whorl.evidence;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The identity of a JVM. An agent's id lives as long as its process: a restarted pod is another
 * agent of the same service.
 *
 * @param labels for the selectors of triggers, such as {@code team=checkout}
 * @param pod the pod's name; {@code podUid} is its uid as in Kubernetes and Falco
 * @param container the full container id, 64 hexadecimal digits, if it could be found
 * @param pid in the process's own namespace
 * @param jvm name and version, such as {@code OpenJDK 64-Bit Server VM 21.0.5+11}
 */
public record AgentIdentity(
    Id id,
    String service,
    @Nullable String namespace,
    Map<String, String> labels,
    @Nullable String pod,
    @Nullable String podUid,
    @Nullable String container,
    @Nullable String host,
    long pid,
    String jvm,
    String agentVersion) {
  private static final int LABELS_MAX = 1_024;

  public AgentIdentity {
    labels = Copies.copy("labels", labels, LABELS_MAX);
  }

  /** The fields that name this agent in an alert about it; what is unknown is left out. */
  public Map<String, Object> alertFields() {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("agent", id.value());
    fields.put("service", service);
    put(fields, "namespace", namespace);
    put(fields, "pod", pod);
    put(fields, "container", container);
    put(fields, "host", host);
    fields.put("pid", pid);
    return fields;
  }

  private static void put(Map<String, Object> fields, String name, @Nullable String value) {
    if (value != null) {
      fields.put(name, value);
    }
  }
}
