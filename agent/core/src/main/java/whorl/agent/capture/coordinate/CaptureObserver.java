package whorl.agent.capture.coordinate;

import whorl.evidence.channel.AgentMessage.CaptureProgress;

/** Receives the progress of captures. */
@FunctionalInterface
public interface CaptureObserver {
  /** Called on any thread; must be quick and never throw. */
  void changed(CaptureProgress progress);
}
