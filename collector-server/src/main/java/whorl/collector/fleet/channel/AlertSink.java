package whorl.collector.fleet.channel;

import java.io.IOException;
import whorl.evidence.AgentIdentity;
import whorl.evidence.Id;
import whorl.evidence.channel.AgentMessage;
import whorl.evidence.channel.CollectorMessage;

/** Receives the alerts that agents raise. Called on any thread. */
@FunctionalInterface
public interface AlertSink {
  /**
   * Stores the alert; it is on disk when this returns.
   *
   * @throws IOException when it cannot be stored; the channel then closes with "try again later"
   */
  CollectorMessage.AlertVerdict raised(AgentIdentity agent, AgentMessage.AlertRaised message)
      throws IOException;

  /**
   * The agent has connected here, and may have been at another collector meanwhile. Does nothing by
   * default.
   */
  default void connected(Id agent) {}

  /**
   * Stores the events before an alert of this agent, if they are more than arrived with the alert.
   * Does nothing by default.
   */
  default void addJournal(AgentIdentity agent, AgentMessage.AlertJournal message)
      throws IOException {}
}
