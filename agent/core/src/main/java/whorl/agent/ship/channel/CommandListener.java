package whorl.agent.ship.channel;

import whorl.evidence.channel.CollectorMessage;

/** Receives the collector's requests. Called on the network thread: hand over, never block. */
public interface CommandListener {
  /** The collector requests a capture. */
  void capture(CollectorMessage.StartCapture request);

  /** The collector lists the rule sets for this agent. */
  default void rules(CollectorMessage.RulesWanted wanted) {}

  /** The rules of one rule set. */
  default void rules(CollectorMessage.RuleText text) {}

  /** The collector asks for the inventory of libraries. */
  default void libraries(CollectorMessage.LibrariesWanted wanted) {}

  /** The collector asks what this JVM holds. */
  default void hunt(CollectorMessage.Hunt hunt) {}

  /** Nobody waits for the answer to this hunt any more. */
  default void huntEnded(CollectorMessage.HuntEnd end) {}

  /** The collector asks to record calls of methods. */
  default void probe(CollectorMessage.Probe probe) {}

  /** The collector ends a probe. */
  default void probeEnded(CollectorMessage.ProbeEnd end) {}

  /** The channel broke. */
  default void disconnected() {}
}
