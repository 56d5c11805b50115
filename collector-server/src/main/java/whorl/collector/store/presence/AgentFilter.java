package whorl.collector.store.presence;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.evidence.AgentIdentity;

/**
 * Selects connected agents: those that match every part that is not null.
 *
 * @param podOrUid the pod's name or its uid
 * @param container the container's id or a prefix of it
 */
public record AgentFilter(
    @Nullable String agent,
    @Nullable String service,
    @Nullable String namespace,
    @Nullable String pod,
    @Nullable String podUid,
    @Nullable String podOrUid,
    @Nullable String container,
    @Nullable String host) {
  /** Selects all agents. */
  public static final AgentFilter ALL =
      new AgentFilter(null, null, null, null, null, null, null, null);

  /** Selects one agent. */
  public static AgentFilter agent(String id) {
    return new AgentFilter(id, null, null, null, null, null, null, null);
  }

  /** Selects the agents of a service; of all namespaces if {@code namespace} is null. */
  public static AgentFilter service(@Nullable String namespace, String service) {
    return new AgentFilter(null, service, namespace, null, null, null, null, null);
  }

  /** Selects the agents of a pod by its name; of all namespaces if {@code namespace} is null. */
  public static AgentFilter pod(@Nullable String namespace, String pod) {
    return new AgentFilter(null, null, namespace, pod, null, null, null, null);
  }

  public static AgentFilter podUid(String uid) {
    return new AgentFilter(null, null, null, null, uid, null, null, null);
  }

  public static AgentFilter container(String idOrPrefix) {
    return new AgentFilter(null, null, null, null, null, null, idOrPrefix, null);
  }

  public static AgentFilter host(String name) {
    return new AgentFilter(null, null, null, null, null, null, null, name);
  }

  /** True if this agent matches. */
  public boolean matches(AgentIdentity candidate) {
    return (agent == null || agent.equals(candidate.id().value()))
        && (service == null || service.equals(candidate.service()))
        && (namespace == null || namespace.equals(candidate.namespace()))
        && (pod == null || pod.equals(candidate.pod()))
        && (podUid == null || podUid.equals(candidate.podUid()))
        && (podOrUid == null
            || podOrUid.equals(candidate.pod())
            || podOrUid.equals(candidate.podUid()))
        && (container == null
            || (candidate.container() != null && candidate.container().startsWith(container)))
        && (host == null || host.equals(candidate.host()));
  }

  /** Conditions on the columns of the table of connections, each after {@code AND}. */
  String conditions(List<@Nullable Object> arguments) {
    StringBuilder sql = new StringBuilder();
    add(sql, arguments, "agent", agent);
    add(sql, arguments, "service", service);
    add(sql, arguments, "namespace", namespace);
    add(sql, arguments, "pod", pod);
    add(sql, arguments, "pod_uid", podUid);
    add(sql, arguments, "host", host);
    if (podOrUid != null) {
      sql.append(" AND (pod = ? OR pod_uid = ?)");
      arguments.addAll(new ArrayList<>(List.of(podOrUid, podOrUid)));
    }
    if (container != null) {
      sql.append(" AND substr(container, 1, ?) = ?");
      arguments.add(container.length());
      arguments.add(container);
    }
    return sql.toString();
  }

  private static void add(
      StringBuilder sql, List<@Nullable Object> arguments, String column, @Nullable String value) {
    if (value != null) {
      sql.append(" AND ").append(column).append(" = ?");
      arguments.add(value);
    }
  }
}
