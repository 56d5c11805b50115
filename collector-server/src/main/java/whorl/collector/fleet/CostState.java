package whorl.collector.fleet;

import org.jspecify.annotations.Nullable;
import whorl.evidence.AgentCosts;

/**
 * What a connected agent costs, and what of it the time between its last two heartbeats. Its own
 * socket's callbacks write, any thread reads.
 */
final class CostState {
  /** Of more processors than this no machine is made. */
  private static final double MAX_PROCESSORS = 65_536;

  private volatile Shown shown;

  /**
   * @param cpuShare of one processor, by the agent's threads and JFR's together; null while unknown
   * @param hookShare of one processor, or of one thread that waits, in hooks; null while unknown
   */
  record Shown(@Nullable AgentCosts costs, @Nullable Double cpuShare, @Nullable Double hookShare) {}

  /**
   * @param known what the same JVM said over a connection before; null when it said nothing
   */
  CostState(@Nullable AgentCosts known) {
    shown = new Shown(known, null, null);
  }

  Shown shown() {
    return shown;
  }

  /**
   * The agent said more.
   *
   * @param now checked
   * @return what it said before; null when that was nothing
   */
  @Nullable AgentCosts next(AgentCosts now) {
    AgentCosts before = shown.costs;
    shown =
        before == null
            ? new Shown(now, null, null)
            : new Shown(
                now,
                share(before, now, cpu(before), cpu(now)),
                share(before, now, before.hookSeconds(), now.hookSeconds()));
    return before;
  }

  /** By the agent's own clock: messages that were held up on their way come all at once. */
  private static @Nullable Double share(
      AgentCosts before, AgentCosts now, @Nullable Double was, @Nullable Double is) {
    double seconds = now.seconds() - before.seconds();
    if (was == null || is == null || seconds <= 0 || is < was) {
      return null;
    }
    double share = (is - was) / seconds;
    return share <= MAX_PROCESSORS ? share : null;
  }

  private static @Nullable Double cpu(AgentCosts costs) {
    Double own = costs.cpuSeconds();
    Double jfr = costs.jfrCpuSeconds();
    return own == null || jfr == null ? null : (Double) (own + jfr);
  }
}
