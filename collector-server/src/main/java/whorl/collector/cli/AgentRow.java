package whorl.collector.cli;

import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An agent as the collector lists it; everything in it is the agent's word. */
record AgentRow(
    @Nullable String id,
    @Nullable String service,
    @Nullable String namespace,
    @Nullable String pod,
    @Nullable String container,
    @Nullable String host,
    @Nullable String jvm,
    boolean connected,
    @Nullable Instant lastSeen,
    @Nullable Map<String, Long> losses,
    @Nullable Map<String, Object> capabilities,
    @Nullable Costs costs) {
  private static final int CONTAINER_CHARS = 12;
  private static final int PERCENT = 100;

  /** What it costs its JVM, of which a table shows this. */
  record Costs(@Nullable Double cpuShare, @Nullable Long heldBytes) {}

  /** Its share of one processor, JFR's included, as {@code 0.4 %}; null while unknown. */
  @Nullable String cpuShare() {
    Double share = costs == null ? null : costs.cpuShare();
    return share == null ? null : String.format(Locale.ROOT, "%.1f %%", share * PERCENT);
  }

  /** What it holds of the heap, as {@code 4.2 MiB}; null while unknown. */
  @Nullable String held() {
    Long bytes = costs == null ? null : costs.heldBytes();
    return bytes == null ? null : Table.size(bytes);
  }

  /** The container's id as engines shorten it. */
  @Nullable String shortContainer() {
    return container == null || container.length() <= CONTAINER_CHARS
        ? container
        : container.substring(0, CONTAINER_CHARS);
  }

  /** What is wrong with its self-test, as the collector says it; null while it passes. */
  @Nullable String selfTestFailure() {
    Object outcome = capabilities == null ? null : capabilities.get("selfTest");
    return outcome instanceof String text && !text.startsWith("passes") ? text : null;
  }

  /** Events and bytes that this agent had to drop, all counters together. */
  long lost() {
    return losses == null ? 0 : losses.values().stream().mapToLong(Long::longValue).sum();
  }
}
