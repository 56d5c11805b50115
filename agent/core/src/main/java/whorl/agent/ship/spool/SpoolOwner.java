package whorl.agent.ship.spool;

import whorl.evidence.Id;

/**
 * The JVM that owns a spool.
 *
 * @param workload service and namespace: only a JVM of the same workload ships the evidence that
 *     another left, since collector, token and evidence folder belong to that workload
 * @param encrypts true if only encrypted evidence may leave; plain evidence stays behind
 */
public record SpoolOwner(Id agent, String workload, boolean encrypts) {}
