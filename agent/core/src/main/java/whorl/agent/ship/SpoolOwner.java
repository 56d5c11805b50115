package whorl.agent.ship;

import whorl.evidence.Id;

/**
 * The JVM whose spool it is.
 *
 * @param workload service and namespace: only a JVM of the same workload ships what another left,
 *     since its collector, its token and its folder for evidence belong to that workload
 * @param encrypts whether its evidence is to leave encrypted alone; plain evidence stays behind
 *     then
 */
public record SpoolOwner(Id agent, String workload, boolean encrypts) {}
