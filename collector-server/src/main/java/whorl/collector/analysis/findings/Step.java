package whorl.collector.analysis.findings;

import java.time.Instant;
import whorl.collector.analysis.kinds.Tactic;

/**
 * One step of a chain.
 *
 * @param time by the collector's clock; for a request, when it began
 * @param what a short sentence without a full stop
 * @param row {@code <evidence>:<row>}
 */
public record Step(Instant time, String what, String row, Tactic tactic) {}
