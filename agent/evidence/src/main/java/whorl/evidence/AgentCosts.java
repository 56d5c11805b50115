package whorl.evidence;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What an agent costs the JVM it lives in, counted from its start, as it says itself. A value that
 * it cannot have is null, never 0; numbers may be anything until the reader has checked them.
 *
 * @param seconds since the agent started, on its monotonic clock: what the others are divided by
 * @param cpuSeconds processor time of the agent's own threads
 * @param jfrCpuSeconds processor time of the JDK flight recorder's threads
 * @param hookSeconds time that the application's threads were in hooks, estimated from a sample of
 *     visits
 * @param hookVisits visits of hooks, estimated likewise
 * @param eventsTold events that were kept and handed on, each by itself
 * @param eventsCounted events that were only counted with those that they equal
 * @param heldBytes of the heap, about, by what holds them
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
