package whorl.agent.ship.channel;

import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import whorl.evidence.AgentIdentity;
import whorl.evidence.SigningKey;
import whorl.evidence.channel.AgentCosts;

/**
 * The agent's data about itself for the collector.
 *
 * @param key the Ed25519 key whose public half the collector enrols; null if the JVM has none
 * @param capabilities the outcome of each named check, read at every connection and heartbeat
 * @param losses what the agent dropped so far outside this package, by counter name
 * @param costs the agent's costs in this JVM, read at every heartbeat
 */
public record AgentSelf(
    AgentIdentity identity,
    @Nullable SigningKey key,
    Supplier<Map<String, Object>> capabilities,
    Supplier<Map<String, Long>> losses,
    Supplier<@Nullable AgentCosts> costs) {
  @Nullable String publicKey() {
    return key == null ? null : key.publicKey();
  }
}
