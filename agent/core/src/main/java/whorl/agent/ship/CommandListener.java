package whorl.agent.ship;

import whorl.evidence.CollectorMessage;

/** What the collector asks for. Called on the network thread: hand over, never block. */
public interface CommandListener {
  /** Somebody wants a capture. */
  void capture(CollectorMessage.StartCapture request);
}
