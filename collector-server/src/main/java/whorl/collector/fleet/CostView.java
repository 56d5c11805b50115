package whorl.collector.fleet;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.evidence.AgentCosts;

/**
 * What an agent costs its JVM as the API shows it; every field is always there, and null where the
 * agent did not say, or not what can be true. Seconds and counts are since the agent's start.
 *
 * @param cpuShare of one processor between the last two heartbeats, JFR's threads included
 * @param hookShare likewise the time of the application's threads in hooks
 * @param heldBytes of the heap, all parts together
 * @param held the parts
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
record CostView(
    double seconds,
    @Nullable Double cpuSeconds,
    @Nullable Double jfrCpuSeconds,
    @Nullable Double cpuShare,
    @Nullable Double hookSeconds,
    @Nullable Long hookVisits,
    @Nullable Double hookShare,
    @Nullable Long eventsTold,
    @Nullable Long eventsCounted,
    @Nullable Long heldBytes,
    Map<String, Long> held) {
  /** Null when the agent said nothing. */
  static @Nullable CostView of(CostState.Shown shown) {
    AgentCosts costs = shown.costs();
    return costs == null
        ? null
        : new CostView(
            costs.seconds(),
            costs.cpuSeconds(),
            costs.jfrCpuSeconds(),
            shown.cpuShare(),
            costs.hookSeconds(),
            costs.hookVisits(),
            shown.hookShare(),
            costs.eventsTold(),
            costs.eventsCounted(),
            costs.heldBytes().isEmpty() ? null : (Long) sum(costs),
            costs.heldBytes());
  }

  static long sum(AgentCosts costs) {
    return costs.heldBytes().values().stream().mapToLong(Long::longValue).sum();
  }
}
