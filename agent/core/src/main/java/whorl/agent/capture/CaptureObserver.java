package whorl.agent.capture;

import whorl.evidence.AgentMessage.CaptureProgress;

/** Is told how far captures have come. */
@FunctionalInterface
public interface CaptureObserver {
  /** Called on any thread; must be quick and never throw. */
  void changed(CaptureProgress progress);
}
