package whorl.collector.fleet;

/** How a connection ended. An agent that falls silent tells more than one that says goodbye. */
enum DisconnectReason {
  /** It said so: the JVM ended in good order. */
  GOODBYE,
  /** The connection broke, and no goodbye was said. */
  LOST,
  /** Three heartbeats were missed. */
  SILENT,
  /** The same agent has connected anew. */
  REPLACED,
  /** It was turned away for what it sent. */
  EXPELLED
}
