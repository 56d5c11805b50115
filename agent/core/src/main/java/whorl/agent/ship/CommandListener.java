package whorl.agent.ship;

import whorl.evidence.CollectorMessage;

/** What the collector asks for. Called on the network thread: hand over, never block. */
public interface CommandListener {
  /** Somebody wants a capture. */
  void capture(CollectorMessage.StartCapture request);

  /** Which sets of rules are wanted here. */
  default void rules(CollectorMessage.RulesWanted wanted) {}

  /** The rules of one of them. */
  default void rules(CollectorMessage.RuleText text) {}
}
