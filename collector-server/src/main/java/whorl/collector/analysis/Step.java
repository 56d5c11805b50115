package whorl.collector.analysis;

import java.time.Instant;

/**
 * One step of a chain.
 *
 * @param time by the collector's clock; of a request, when it began
 * @param what a short sentence without an end
 * @param row {@code <evidence>:<row>}
 */
public record Step(Instant time, String what, String row, Tactic tactic) {}
