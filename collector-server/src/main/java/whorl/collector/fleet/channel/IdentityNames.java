package whorl.collector.fleet.channel;

import whorl.evidence.AgentIdentity;
import whorl.evidence.Text;

/**
 * The names by which lists of agents and alerts are indexed, cut. An index of PostgreSQL takes
 * entries of about 2,700 bytes: a longer name would keep what has it from being stored, and with it
 * what is stored in the same transaction, such as the alerts about other agents.
 */
final class IdentityNames {
  /**
   * As the list of evidence has it; three bytes each at most, which leaves room for other columns.
   */
  static final int SERVICE_MAX_CHARS = 256;

  private IdentityNames() {}

  /** The same identity, with a service of at most {@value #SERVICE_MAX_CHARS} characters. */
  static AgentIdentity cut(AgentIdentity identity) {
    if (identity.service().length() <= SERVICE_MAX_CHARS) {
      return identity;
    }
    return new AgentIdentity(
        identity.id(),
        Text.atMost(identity.service(), SERVICE_MAX_CHARS),
        identity.namespace(),
        identity.labels(),
        identity.pod(),
        identity.podUid(),
        identity.container(),
        identity.host(),
        identity.pid(),
        identity.jvm(),
        identity.agentVersion());
  }
}
