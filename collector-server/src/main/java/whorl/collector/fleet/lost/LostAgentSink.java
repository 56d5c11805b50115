package whorl.collector.fleet.lost;

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.evidence.AgentIdentity;
import whorl.evidence.Alert;
import whorl.evidence.EventLine;

/** Receives the collector's own alerts about lost agents. */
@FunctionalInterface
public interface LostAgentSink {
  /**
   * Stores the alert; it is on disk when this returns.
   *
   * @param agent the lost agent; null when the alert is about many
   * @param journal the last events of the agent, oldest first
   * @throws IOException when it cannot be stored; the caller tries again later
   */
  void lostAgents(Alert alert, @Nullable AgentIdentity agent, List<EventLine> journal)
      throws IOException;
}
