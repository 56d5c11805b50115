package whorl.collector.store;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.evidence.AgentCosts;
import whorl.evidence.AgentIdentity;

/**
 * An agent as it was last seen.
 *
 * @param key the public key it enrolled; null where its JVM has no Ed25519
 * @param capabilities each named check's outcome
 * @param losses what it dropped so far, by counter name
 * @param costs what it costs its JVM; null where it did not say
 */
public record AgentRecord(
    AgentIdentity identity,
    @Nullable String key,
    Map<String, Object> capabilities,
    Map<String, Long> losses,
    @Nullable AgentCosts costs,
    Instant lastSeen) {}
