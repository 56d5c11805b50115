package whorl.collector.fleet.agents;

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.evidence.AgentIdentity;
import whorl.evidence.Alert;
import whorl.evidence.EventLine;

/** Receives the collector's own alerts about agents whose self-tests fail. */
@FunctionalInterface
public interface SelfTestSink {
  /**
   * Stores the alert; it is on disk when this returns.
   *
   * @param agent the agent with the failure; null when the alert is about many
   * @param journal the last events that the agent sent, oldest first
   * @param capture true if the alert must start a capture in the connected agent
   * @throws IOException when it cannot be stored
   */
  void failed(Alert alert, @Nullable AgentIdentity agent, List<EventLine> journal, boolean capture)
      throws IOException;
}
