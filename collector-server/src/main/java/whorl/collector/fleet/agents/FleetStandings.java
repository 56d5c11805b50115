package whorl.collector.fleet.agents;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import whorl.collector.http.request.AgentProof;
import whorl.collector.store.records.AgentRecord;
import whorl.evidence.Id;

/**
 * What is known of agents besides their channels: whether they were here, whether they are gone,
 * and how they proved who they are. Thread-safe.
 */
public final class FleetStandings {
  private static final Duration PROOF_GRACE = Duration.ofMinutes(5);
  private static final Duration GONE = Duration.ofMinutes(5);

  private final Fleet fleet;
  private final RefusedPeers refusedPeers;
  private final InstantSource clock;

  FleetStandings(Fleet fleet, RefusedPeers refusedPeers, InstantSource clock) {
    this.fleet = fleet;
    this.refusedPeers = refusedPeers;
    this.clock = clock;
  }

  /** Returns how many agents are connected to this collector by each kind of proof. */
  public Map<String, Double> connectedByProof() {
    Map<String, Double> count = new TreeMap<>();
    for (AgentProof.Kind kind : AgentProof.Kind.values()) {
      count.put(kind.word(), 0.0);
    }
    fleet.connections().forEach(each -> count.merge(each.proof().kind().word(), 1.0, Double::sum));
    return count;
  }

  /** Returns the connections whose proof of identity ended more than five minutes ago. */
  public List<Connection> expiredConnections() {
    Instant limit = clock.instant().minus(PROOF_GRACE);
    List<Connection> expired = new ArrayList<>();
    for (Connection connection : fleet.connections()) {
      Instant expires = connection.proof().expires();
      if (expires != null && expires.isBefore(limit)) {
        expired.add(connection);
      }
    }
    return expired;
  }

  /** True if the agent was ever connected, or enrolled a key. */
  public boolean isKnown(Id agent) throws IOException {
    return fleet.agent(agent) != null || fleet.isEnrolled(agent);
  }

  /** True if the agent is connected, here or to another collector. */
  public boolean isConnected(Id agent) throws IOException {
    return fleet.isConnected(agent);
  }

  /** True if the agent is not connected, and was not within the last five minutes. */
  public boolean isGone(Id agent) throws IOException {
    if (fleet.isConnected(agent)) {
      return false;
    }
    AgentRecord last = fleet.agent(agent);
    return last == null || last.lastSeen().isBefore(clock.instant().minus(GONE));
  }

  /**
   * Records that somebody tried to go on with an upload of another's agent: in custody, and by an
   * alert, both limited.
   *
   * @param client whom the limits count
   */
  public void foreign(Id agent, String why, String client, String remoteAddress)
      throws IOException {
    AgentRecord known = fleet.agent(agent);
    if (known != null) {
      refusedPeers.report(
          new RefusedPeers.Refused(known.identity(), known.identity(), why, client),
          client,
          remoteAddress);
    }
  }
}
