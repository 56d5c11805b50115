package whorl.collector.fleet.chain;

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.evidence.AgentIdentity;
import whorl.evidence.Alert;
import whorl.evidence.EventLine;

/** Receives the collector's own alerts about agents' chains. */
@FunctionalInterface
public interface ChainAlertSink {
  /**
   * Stores the alert; it is on disk when this returns.
   *
   * @param agent null when the alert is about many
   * @param journal the last events of the agent, oldest first
   * @throws IOException when it cannot be stored; the caller tries again later
   */
  void chainFault(Alert alert, @Nullable AgentIdentity agent, List<EventLine> journal)
      throws IOException;
}
