package whorl.collector.store.records;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.collector.store.access.Owner;
import whorl.collector.store.chain.ChainSummary;
import whorl.evidence.AgentIdentity;
import whorl.evidence.channel.AgentCosts;

/**
 * The last known state of an agent.
 *
 * @param key the public key that it enrolled; null if its JVM has no Ed25519
 * @param capabilities the result of each named check
 * @param losses the number of dropped items by counter name
 * @param costs its costs to the JVM; null if it did not report them
 * @param chain the state of its chain; null if it has none
 * @param owner to whom it belongs, as it was proved; null if it only has the shared token
 */
public record AgentRecord(
    AgentIdentity identity,
    @Nullable String key,
    Map<String, Object> capabilities,
    Map<String, Long> losses,
    @Nullable AgentCosts costs,
    Instant lastSeen,
    @Nullable ChainSummary chain,
    @Nullable Owner owner) {
  /** An agent without a chain. */
  public AgentRecord(
      AgentIdentity identity,
      @Nullable String key,
      Map<String, Object> capabilities,
      Map<String, Long> losses,
      @Nullable AgentCosts costs,
      Instant lastSeen) {
    this(identity, key, capabilities, losses, costs, lastSeen, null, null);
  }
}
