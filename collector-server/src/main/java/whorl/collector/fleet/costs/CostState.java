package whorl.collector.fleet.costs;

import org.jspecify.annotations.Nullable;
import whorl.evidence.channel.AgentCosts;

/**
 * The costs of a connected agent in total, and between its last two heartbeats. Its own socket's
 * callbacks write, any thread reads.
 */
public final class CostState {
  /** No machine has more processors than this. */
  private static final double MAX_PROCESSORS = 65_536;

  private volatile Snapshot snapshot;

  /**
   * @param cpuShare share of one processor that the agent's threads and JFR's use together; null
   *     while unknown
   * @param hookShare time of all application threads in hooks, running or waiting, as a share of
   *     one processor; null while unknown
   */
  public record Snapshot(
      @Nullable AgentCosts costs, @Nullable Double cpuShare, @Nullable Double hookShare) {}

  /**
   * @param earlier the costs that the same JVM reported over an earlier connection; null when it
   *     reported none
   */
  public CostState(@Nullable AgentCosts earlier) {
    snapshot = new Snapshot(earlier, null, null);
  }

  public Snapshot snapshot() {
    return snapshot;
  }

  /**
   * Records newly reported costs.
   *
   * @param now checked
   * @return the costs reported before; null when there were none
   */
  @Nullable AgentCosts next(AgentCosts now) {
    AgentCosts earlier = snapshot.costs;
    snapshot =
        earlier == null
            ? new Snapshot(now, null, null)
            : new Snapshot(
                now,
                share(earlier, now, cpu(earlier), cpu(now)),
                share(earlier, now, earlier.hookSeconds(), now.hookSeconds()));
    return earlier;
  }

  /** Uses the agent's own clock, because messages that were delayed on the way arrive together. */
  private static @Nullable Double share(
      AgentCosts earlier, AgentCosts now, @Nullable Double previous, @Nullable Double current) {
    double seconds = now.seconds() - earlier.seconds();
    if (previous == null || current == null || seconds <= 0 || current < previous) {
      return null;
    }
    double share = (current - previous) / seconds;
    return share <= MAX_PROCESSORS ? share : null;
  }

  private static @Nullable Double cpu(AgentCosts costs) {
    Double agentSeconds = costs.cpuSeconds();
    Double jfrSeconds = costs.jfrCpuSeconds();
    return agentSeconds == null || jfrSeconds == null ? null : (Double) (agentSeconds + jfrSeconds);
  }
}
