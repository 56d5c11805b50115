package whorl.collector.fleet;

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.evidence.AgentIdentity;
import whorl.evidence.Alert;
import whorl.evidence.EventLine;

/** Takes the collector's own alerts of agents whose self-tests do not come through. */
@FunctionalInterface
public interface SelfTestSink {
  /**
   * Keeps the alert; when this returns it is on disk.
   *
   * @param agent that it is about; null when it is about many
   * @param journal the last events that the agent sent, oldest first
   * @param capture whether the agent, which is connected, shall capture for it
   * @throws IOException when it cannot be kept
   */
  void failed(Alert alert, @Nullable AgentIdentity agent, List<EventLine> journal, boolean capture)
      throws IOException;
}
