package whorl.collector.fleet.agents;

import java.io.IOException;
import java.util.Collections;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import whorl.collector.fleet.chain.Chains;
import whorl.collector.limit.Client;
import whorl.collector.limit.Quota;
import whorl.collector.recent.RecentMap;
import whorl.evidence.AgentIdentity;

/**
 * Reports peers that were refused as an agent: once for each agent and what was offered, and within
 * a limit, because repeated refusals must not fill the custody log. Thread-safe.
 */
final class RefusedPeers {
  private static final int MAX_REMEMBERED = 1_000;

  private final Enrolments enrolments;
  private final Chains chains;
  private final Quota quota;
  private final Set<String> reported =
      Collections.synchronizedSet(Collections.newSetFromMap(RecentMap.byAddition(MAX_REMEMBERED)));

  /**
   * @param quota limits the refusals of one client that are reported
   */
  RefusedPeers(Enrolments enrolments, Chains chains, Quota quota) {
    this.enrolments = enrolments;
    this.chains = chains;
    this.quota = quota;
  }

  /**
   * A refusal.
   *
   * @param claimed the agent as which the peer spoke
   * @param known that agent, as it was here before; null if it was not
   * @param offered the key that the peer named, or who it proved to be; empty if neither
   */
  record Refused(
      AgentIdentity claimed, @Nullable AgentIdentity known, String why, String offered) {}

  /**
   * Adds it to custody and, if the agent is known, raises an alert.
   *
   * @param client whom the limits count
   */
  void report(Refused refused, String client, String remoteAddress) throws IOException {
    if (reported.add(refused.claimed().id() + " " + refused.offered())
        && quota.take(client, Client.cost(client, 1))) {
      enrolments.refused(refused.claimed(), refused.why(), refused.offered(), remoteAddress);
      AgentIdentity known = refused.known();
      if (known != null) {
        chains.refused(known, refused.why(), remoteAddress);
      }
    }
  }
}
