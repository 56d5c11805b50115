package whorl.collector.receive;

import org.jspecify.annotations.Nullable;
import whorl.evidence.Id;

/** Which service an agent belongs to, for evidence whose manifest never came. */
@FunctionalInterface
public interface AgentServices {
  /** The service's name; null where the agent is not known. */
  @Nullable String serviceOf(Id agent);
}
