package whorl.collector.fleet.captures;

import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.collector.fleet.agents.Fleet;
import whorl.collector.http.request.ProblemException;
import whorl.collector.limit.Client;
import whorl.collector.store.records.CaptureLedger;
import whorl.collector.store.records.CaptureLedger.OnceKey;
import whorl.collector.store.records.CaptureRecord;
import whorl.evidence.AgentIdentity;
import whorl.evidence.Id;

/**
 * Limits for open captures, counted over all collectors. One collector at a time counts and
 * inserts, so that no limit is exceeded.
 */
final class CaptureLimits {
  /**
   * Limit for requested captures, and the same limit for captures that agents began by themselves.
   */
  static final int MAX_OPEN = 10_000;

  /**
   * Limit for open captures that all agents of one network, or of one identity, began by
   * themselves.
   */
  static final int MAX_BEGUN_FROM_NETWORK = MAX_OPEN / 2;

  private static final int MAX_OPEN_PER_AGENT = 16;

  /**
   * From this many open captures of an agent on, alerts from outside start no further one. It is
   * half of what an agent queues, so that the agent's own alerts and people find room there too.
   */
  static final int MAX_OPEN_FOR_OUTSIDE = 4;

  private final CaptureLedger ledger;
  private final Fleet fleet;

  CaptureLimits(CaptureLedger ledger, Fleet fleet) {
    this.ledger = ledger;
    this.fleet = fleet;
  }

  /**
   * Inserts requested captures, unless that exceeds a limit.
   *
   * @param agents of these captures
   * @return as {@link CaptureLedger#insert}
   * @throws ProblemException 429 when an agent or the collectors have too many open captures
   */
  CaptureLedger.@Nullable Remembered insert(
      List<CaptureRecord> captures, List<AgentIdentity> agents, @Nullable OnceKey once, Instant now)
      throws IOException {
    List<CaptureLedger.Remembered> earlier =
        ledger.counting(
            () -> {
              check(agents);
              CaptureLedger.Remembered other = ledger.insert(captures, once, now);
              return other == null ? List.of() : List.of(other);
            });
    return earlier.isEmpty() ? null : earlier.get(0);
  }

  /**
   * Inserts a capture that an agent, which is connected here, begins by itself.
   *
   * @return what became of it; unless it was inserted, nothing has changed
   */
  Insertion insertBegun(CaptureRecord capture) throws IOException {
    return ledger.counting(
        () -> {
          if (!mayBegin(capture.agent())) {
            return Insertion.TOO_MANY;
          }
          return ledger.insertBegun(capture, fleet.client(capture.agent()))
              ? Insertion.INSERTED
              : Insertion.EXISTS;
        });
  }

  /** What became of a capture that an agent begins by itself. */
  enum Insertion {
    INSERTED,
    /** Its evidence, or the same message, came to another collector before. */
    EXISTS,
    /** The agent, its network or all agents have too many open. */
    TOO_MANY
  }

  private void check(List<AgentIdentity> agents) throws IOException {
    if (ledger.countOrdered() + agents.size() > MAX_OPEN) {
      throw new ProblemException(
          429,
          "too many captures",
          "more than " + MAX_OPEN + " captures would be open; name fewer agents, or wait");
    }
    Map<Id, Integer> openByAgent = ledger.countOpenByAgent();
    for (AgentIdentity agent : agents) {
      if (openByAgent.getOrDefault(agent.id(), 0) >= MAX_OPEN_PER_AGENT) {
        throw new ProblemException(
            429,
            "too many captures",
            "agent " + agent.id() + " has too many captures open; wait until some have ended");
      }
    }
  }

  /**
   * True if one more capture may be requested from this agent. Captures that agents begin by
   * themselves fill only this agent's own limit.
   */
  boolean hasRoom(Id agent) throws IOException {
    return ledger.countOpenOf(agent) < MAX_OPEN_PER_AGENT && ledger.countOrdered() < MAX_OPEN;
  }

  /**
   * True if an alert from outside may request one more capture from this agent. A sender of alerts
   * can name any agents. Half of all captures stay reserved for the agents' own alerts and for
   * people.
   */
  boolean hasRoomForOutside(Id agent) throws IOException {
    return ledger.countOpenOf(agent) < MAX_OPEN_FOR_OUTSIDE && ledger.countOrdered() < MAX_OPEN / 2;
  }

  /** Those of the agents that have not too many captures open. */
  List<AgentIdentity> withRoom(List<AgentIdentity> agents) throws IOException {
    Map<Id, Integer> openByAgent = ledger.countOpenByAgent();
    return agents.stream()
        .filter(agent -> openByAgent.getOrDefault(agent.id(), 0) < MAX_OPEN_PER_AGENT)
        .toList();
  }

  /** True if no further capture may be requested from any agent. */
  boolean isFull() throws IOException {
    return ledger.countOrdered() >= MAX_OPEN;
  }

  /** True if this agent, which is connected here, may begin one more capture by itself. */
  boolean mayBegin(Id agent) throws IOException {
    String client = fleet.client(agent);
    return ledger.countOpenOf(agent) < MAX_OPEN_PER_AGENT
        && ledger.countBegun() < MAX_OPEN
        && ledger.countBegunFrom(client) < Client.max(client, MAX_BEGUN_FROM_NETWORK);
  }
}
