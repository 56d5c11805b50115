package whorl.agent.ship;

import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import whorl.evidence.AgentCosts;
import whorl.evidence.AgentIdentity;
import whorl.evidence.SigningKey;

/**
 * What the agent tells of itself.
 *
 * @param key the Ed25519 key whose public half the collector enrols; null where the JVM has none
 * @param capabilities each named check's outcome, asked at every connection and heartbeat
 * @param losses what was dropped so far in the whole agent but here, by counter name
 * @param costs what the agent costs this JVM, asked at every heartbeat
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
