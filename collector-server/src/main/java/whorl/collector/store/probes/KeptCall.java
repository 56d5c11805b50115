package whorl.collector.store.probes;

import whorl.evidence.Id;
import whorl.evidence.channel.ProbeCall;

/**
 * A recorded call.
 *
 * @param number counts up in the order in which the calls came here
 */
public record KeptCall(long number, Id agent, ProbedAgent.Brief brief, ProbeCall call) {}
