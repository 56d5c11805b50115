package whorl.collector.http.request;

/**
 * How a route keeps from its callers what they may not see. The guard of the scopes, {@code
 * whorl.collector.scopes}, does what this says before the handler runs.
 */
public enum Scoped {
  /** The route does not say: only people with the role for everything may call it. */
  UNDECLARED,
  /** It has nothing that belongs to anybody, and needs no identity. */
  OPEN,
  /** For agents, which can only add to what is theirs. */
  AGENTS,
  /** It shows or changes only what is the caller's own, such as its session. */
  OWN,
  /** It shows what everybody with the role may see, such as rules. */
  EVERYBODY,
  /** Its handler passes the caller's scope on to what it asks. */
  LISTED,
  /** Only for those with the role for everything: it is about all of the collector. */
  WHOLE,
  /** About the evidence {@code {id}} of the path. */
  EVIDENCE,
  /** About the agent {@code {id}} of the path. */
  AGENT,
  /** About the alert {@code {id}} of the path. */
  ALERT,
  /** About the group of alerts {@code {id}} of the path. */
  ALERT_GROUP,
  /** About the capture {@code {id}} of the path. */
  CAPTURE,
  /** About the case {@code {id}} of the path. */
  CASE
}
