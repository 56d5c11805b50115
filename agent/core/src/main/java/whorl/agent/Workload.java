package whorl.agent;

import whorl.evidence.AgentIdentity;

/** Which JVMs are one workload: what one leaves behind is for the next of the same workload. */
final class Workload {
  private Workload() {}

  /** Service and namespace in one text. */
  static String of(AgentIdentity identity) {
    String namespace = identity.namespace();
    return identity.service() + (namespace == null ? "" : " in " + namespace);
  }
}
