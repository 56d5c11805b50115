package whorl.collector.fleet.agents;

import java.util.concurrent.atomic.LongAdder;

/** Counters of the fleet since the start, for the metrics. Safe for use by several threads. */
public final class FleetCounters {
  final LongAdder connections = new LongAdder();
  public final LongAdder replacedConnections = new LongAdder();
  public final LongAdder silentConnections = new LongAdder();
  public final LongAdder lateHellos = new LongAdder();
  public final LongAdder abandonedHandshakes = new LongAdder();
  public final LongAdder malformedMessages = new LongAdder();
  public final LongAdder passedOverMessages = new LongAdder();
  public final LongAdder passedOverFields = new LongAdder();
  final LongAdder enrolledKeys = new LongAdder();
  final LongAdder refusedKeys = new LongAdder();
  final LongAdder otherPlaces = new LongAdder();
  final LongAdder lateEnrolments = new LongAdder();
  public final LongAdder storeFailures = new LongAdder();
  public final LongAdder droppedAlerts = new LongAdder();
  final LongAdder journalEvents = new LongAdder();
  final LongAdder droppedJournalEvents = new LongAdder();
  final LongAdder forgottenAgents = new LongAdder();
  final LongAdder droppedCosts = new LongAdder();

  /** Agents that connected, reconnections included. */
  public long connections() {
    return connections.sum();
  }

  /** Connections closed because the same agent connected again. */
  public long replacedConnections() {
    return replacedConnections.sum();
  }

  /** Connections closed after three missed heartbeats. */
  public long silentConnections() {
    return silentConnections.sum();
  }

  /** Connections closed because no hello came in time. */
  public long lateHellos() {
    return lateHellos.sum();
  }

  /** Connections that their agents gave up before this collector had answered them. */
  public long abandonedHandshakes() {
    return abandonedHandshakes.sum();
  }

  /** Malformed messages; each closes the peer's connection. */
  public long malformedMessages() {
    return malformedMessages.sum();
  }

  /** Ignored messages of an unknown type. */
  public long passedOverMessages() {
    return passedOverMessages.sum();
  }

  /** Ignored unknown fields. */
  public long passedOverFields() {
    return passedOverFields.sum();
  }

  /** New agents that were deferred, because too many came from their network. */
  public long lateEnrolments() {
    return lateEnrolments.sum();
  }

  /** Keys enrolled. */
  public long enrolledKeys() {
    return enrolledKeys.sum();
  }

  /** Peers refused because they did not have the agent's key. */
  public long refusedKeys() {
    return refusedKeys.sum();
  }

  /** Connections of agents that named another service, namespace or labels than before. */
  public long otherPlaces() {
    return otherPlaces.sum();
  }

  /** Messages that could not be stored; the sender's channel was closed with "try again later". */
  public long storeFailures() {
    return storeFailures.sum();
  }

  /** Alerts not stored because one agent raised too many in a minute. */
  public long droppedAlerts() {
    return droppedAlerts.sum();
  }

  /** Journal events received. */
  public long journalEvents() {
    return journalEvents.sum();
  }

  /** Journal events lost before they were written: too long, too many at once, or no disk. */
  public long droppedJournalEvents() {
    return droppedJournalEvents.sum();
  }

  /** Implausible numbers in the costs that agents reported. */
  public long droppedCosts() {
    return droppedCosts.sum();
  }

  /** Agents deleted because they were not seen for too long, or were too many. */
  public long forgottenAgents() {
    return forgottenAgents.sum();
  }
}
