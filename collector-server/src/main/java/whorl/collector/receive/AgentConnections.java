package whorl.collector.receive;

import java.io.IOException;
import whorl.evidence.Id;

/** Tells whether an agent is connected to any of the collectors that share the records. */
@FunctionalInterface
public interface AgentConnections {
  /** Where it is not known: all agents are taken to be connected. */
  AgentConnections UNKNOWN = agent -> true;

  /** Where it does not matter: no agent is taken to be connected. */
  AgentConnections NONE = agent -> false;

  /** True if the agent is connected. */
  boolean has(Id agent) throws IOException;
}
