package whorl.collector.cli.client;

import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.collector.cli.terminal.Table;

/** An agent in the collector's list. All values come from the agent. */
public record AgentRow(
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
    @Nullable Costs costs,
    @Nullable Chain chain) {
  private static final int CONTAINER_CHARS = 12;
  private static final int PERCENT = 100;

  /** The cost of the agent for its JVM; the part shown in a table. */
  record Costs(@Nullable Double cpuShare, @Nullable Long heldBytes) {}

  /**
   * The state of the agent's chain of messages; the part shown in a table.
   *
   * @param state {@code ok}, or the worst that was found
   * @param missed messages that were not received
   */
  record Chain(@Nullable String state, long missed) {}

  /** The state of the chain, as {@code gap (7)}; null if the agent has none. */
  public @Nullable String chainState() {
    Chain known = chain;
    String state = known == null ? null : known.state();
    return known == null || state == null || known.missed() == 0
        ? state
        : state + " (" + known.missed() + ")";
  }

  /** True if something is wrong with the chain. */
  public boolean isChainBroken() {
    String state = chainState();
    return state != null && !state.equals("ok");
  }

  /** The share of one processor including JFR, as {@code 0.4 %}; null if unknown. */
  public @Nullable String cpuShare() {
    Double share = costs == null ? null : costs.cpuShare();
    return share == null ? null : String.format(Locale.ROOT, "%.1f %%", share * PERCENT);
  }

  /** The agent's share of the heap, as {@code 4.2 MiB}; null if unknown. */
  public @Nullable String held() {
    Long bytes = costs == null ? null : costs.heldBytes();
    return bytes == null ? null : Table.size(bytes);
  }

  /** The container's id, shortened as container engines do. */
  public @Nullable String shortContainer() {
    return container == null || container.length() <= CONTAINER_CHARS
        ? container
        : container.substring(0, CONTAINER_CHARS);
  }

  /** The failure of the self-test, as reported by the collector; null if it passes. */
  public @Nullable String selfTestFailure() {
    Object outcome = capabilities == null ? null : capabilities.get("selfTest");
    return outcome instanceof String text && !text.startsWith("passes") ? text : null;
  }

  /** True if the agent was loaded into the running JVM, and knows nothing from before. */
  public boolean startedLate() {
    return capabilities != null && capabilities.get("lateStart") != null;
  }

  /** Dropped events and bytes, summed over all counters. */
  public long lost() {
    return losses == null ? 0 : losses.values().stream().mapToLong(Long::longValue).sum();
  }
}
