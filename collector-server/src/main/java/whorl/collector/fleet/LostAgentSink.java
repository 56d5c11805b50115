package whorl.collector.fleet;

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.evidence.AgentIdentity;
import whorl.evidence.Alert;
import whorl.evidence.EventLine;

/** Takes the collector's own alerts of agents that fell silent. */
@FunctionalInterface
public interface LostAgentSink {
  /**
   * Keeps the alert; when this returns it is on disk.
   *
   * @param agent whose silence it is; null when it is that of many
   * @param journal the last that the agent told, oldest first
   * @throws IOException when it cannot be kept; it comes again
   */
  void silent(Alert alert, @Nullable AgentIdentity agent, List<EventLine> journal)
      throws IOException;
}
