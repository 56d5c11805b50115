package whorl.collector.fleet.channel;

import java.util.Map;
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

  /**
   * The same identity, with a service of at most {@value #SERVICE_MAX_CHARS} characters, and
   * without labels beyond {@link BoundedFacts#LABELS_MAX_CHARS}.
   */
  static AgentIdentity cut(AgentIdentity identity) {
    Map<String, String> labels = BoundedFacts.of(identity.labels(), BoundedFacts.LABELS_MAX_CHARS);
    if (identity.service().length() <= SERVICE_MAX_CHARS
        && labels.size() == identity.labels().size()) {
      return identity;
    }
    return new AgentIdentity(
        identity.id(),
        Text.atMost(identity.service(), SERVICE_MAX_CHARS),
        identity.namespace(),
        labels,
        identity.pod(),
        identity.podUid(),
        identity.container(),
        identity.host(),
        identity.pid(),
        identity.jvm(),
        identity.agentVersion());
  }
}
