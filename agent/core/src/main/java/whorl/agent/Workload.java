package whorl.agent;

import whorl.evidence.AgentIdentity;

/** Names the workload of a JVM: the next JVM of the same workload picks up what one left behind. */
final class Workload {
  private Workload() {}

  /** Returns service and namespace in one text. */
  static String of(AgentIdentity identity) {
    String namespace = identity.namespace();
    return identity.service() + (namespace == null ? "" : " in " + namespace);
  }
}
