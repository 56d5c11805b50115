package whorl.collector.fleet.agents;

/**
 * How a connection ended. An agent that falls silent is more suspicious than one that says goodbye.
 */
public enum DisconnectReason {
  /** The agent said goodbye: its JVM exited normally. */
  GOODBYE,
  /** The connection broke without a goodbye. */
  LOST,
  /** Three heartbeats are missing. */
  SILENT,
  /** The same agent has connected again. */
  REPLACED,
  /** The collector closed the connection because of what the agent sent. */
  EXPELLED
}
