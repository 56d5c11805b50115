package whorl.collector.fleet;

import java.io.IOException;
import whorl.evidence.AgentIdentity;
import whorl.evidence.AgentMessage;
import whorl.evidence.CollectorMessage;

/** Takes the alerts that agents raise. Called on any thread. */
@FunctionalInterface
public interface AlertSink {
  /**
   * Keeps the alert; when this returns it is on disk.
   *
   * @throws IOException when it cannot be kept; the agent is then asked to come again
   */
  CollectorMessage.AlertVerdict raised(AgentIdentity agent, AgentMessage.AlertRaised message)
      throws IOException;

  /**
   * Keeps what led to an alert of this agent where that is more than came with it. Who keeps no
   * journals has nothing to do.
   */
  default void led(AgentIdentity agent, AgentMessage.AlertJournal message) throws IOException {}
}
