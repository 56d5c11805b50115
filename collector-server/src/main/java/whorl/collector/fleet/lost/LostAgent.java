package whorl.collector.fleet.lost;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import whorl.evidence.AgentIdentity;

/**
 * An agent that disconnected without a goodbye.
 *
 * @param lastSeen by the clock of the collector that had its channel
 * @param silent true if three heartbeats were missed; false if the connection was lost
 * @param proved true if the agent proved its key
 * @param lived how long the agent was connected
 * @param gone for how long it has been disconnected now
 * @param token identifies this disconnection of the agent among others
 */
public record LostAgent(
    AgentIdentity agent,
    Instant lastSeen,
    boolean silent,
    boolean proved,
    Duration lived,
    Duration gone,
    long token) {
  /** Puts agents first that are least likely to be an attacker's decoys. */
  static final Comparator<LostAgent> BY_TRUST =
      Comparator.comparing(LostAgent::proved).thenComparing(LostAgent::lived).reversed();
}
