package whorl.collector.store.triage;

import java.time.Instant;
import org.jspecify.annotations.Nullable;
import whorl.evidence.Id;

/**
 * A rule whose alerts of one service are not shown at first, for a time. They are kept, and start
 * captures as others do.
 *
 * @param namespace null for the service in every namespace
 * @param by the name of who muted it
 * @param endedAt when somebody ended it early; null if nobody has
 */
public record AlertMute(
    Id id,
    String rule,
    String service,
    @Nullable String namespace,
    String reason,
    String by,
    Instant at,
    Instant until,
    @Nullable Instant endedAt,
    @Nullable String endedBy) {}
