package whorl.collector.receive;

import java.io.IOException;
import org.jspecify.annotations.Nullable;
import whorl.evidence.Id;

/**
 * Finds the service of an agent. Its evidence is kept under it: a manifest may never arrive, and an
 * intruder in the JVM may sign one that names another service.
 */
@FunctionalInterface
public interface AgentServices {
  /** The name of the agent's service, as it said first; null if the agent is unknown. */
  @Nullable String serviceOf(Id agent) throws IOException;
}
