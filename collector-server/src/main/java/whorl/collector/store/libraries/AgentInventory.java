package whorl.collector.store.libraries;

import java.time.Instant;
import org.jspecify.annotations.Nullable;
import whorl.evidence.Digest;
import whorl.evidence.Id;

/**
 * The inventory that an agent has.
 *
 * @param loaded as in {@link whorl.evidence.library.LoadedMarks}
 * @param problem why it is not complete; null if it is
 * @param firstReported when the agent first said that it has this one
 */
public record AgentInventory(
    Id agent,
    Digest inventory,
    String loaded,
    @Nullable String problem,
    Instant firstReported,
    Instant lastReported) {}
