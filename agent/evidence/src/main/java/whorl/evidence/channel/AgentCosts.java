package whorl.evidence.channel;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The agent's own measurement of what it costs its JVM, counted from its start. A value that it
 * cannot measure is null, never 0; numbers are unchecked until the reader has checked them.
 *
 * @param seconds since the agent started, on its monotonic clock: the divisor of the others
 * @param cpuSeconds processor time of the agent's own threads
 * @param jfrCpuSeconds processor time of JFR's threads
 * @param hookSeconds time that the application's threads spent in hooks, estimated from a sample of
 *     visits
 * @param hookVisits visits of hooks, estimated in the same way
 * @param eventsTold events that were kept and passed on individually
 * @param eventsCounted events that were only counted together with equal ones
 * @param heldBytes approximate heap use, by holder
 */
public record AgentCosts(
    double seconds,
    @Nullable Double cpuSeconds,
    @Nullable Double jfrCpuSeconds,
    @Nullable Double hookSeconds,
    @Nullable Long hookVisits,
    @Nullable Long eventsTold,
    @Nullable Long eventsCounted,
    Map<String, Long> heldBytes) {
  public AgentCosts {
    heldBytes = heldBytes == null ? Map.of() : heldBytes;
  }
}
