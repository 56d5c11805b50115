package whorl.collector.receive;

import java.io.IOException;
import org.jspecify.annotations.Nullable;
import whorl.evidence.Id;

/** Finds the service of an agent, for evidence whose manifest never arrived. */
@FunctionalInterface
public interface AgentServices {
  /** The name of the agent's service; null if the agent is unknown. */
  @Nullable String serviceOf(Id agent) throws IOException;
}
