package whorl.collector.fleet.costs;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.evidence.channel.AgentCosts;

/**
 * The costs of an agent in its JVM as the API shows them. Every field is always present, and null
 * where the agent reported nothing or nothing plausible. Seconds and counts are since the agent's
 * start.
 *
 * @param cpuShare share of one processor between the last two heartbeats, JFR's threads included
 * @param hookShare time of all application threads in hooks between the last two heartbeats, as a
 *     share of one processor
 * @param heldBytes heap that all parts of the agent hold together
 * @param held heap that each part holds
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record CostView(
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
  /** Returns null when the agent reported no costs. */
  public static @Nullable CostView of(CostState.Snapshot snapshot) {
    AgentCosts costs = snapshot.costs();
    return costs == null
        ? null
        : new CostView(
            costs.seconds(),
            costs.cpuSeconds(),
            costs.jfrCpuSeconds(),
            snapshot.cpuShare(),
            costs.hookSeconds(),
            costs.hookVisits(),
            snapshot.hookShare(),
            costs.eventsTold(),
            costs.eventsCounted(),
            costs.heldBytes().isEmpty() ? null : (Long) sum(costs),
            costs.heldBytes());
  }

  static long sum(AgentCosts costs) {
    return costs.heldBytes().values().stream().mapToLong(Long::longValue).sum();
  }
}
