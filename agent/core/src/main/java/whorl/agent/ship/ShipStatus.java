package whorl.agent.ship;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How the way to the collector stands.
 *
 * @param connected whether the channel is up and welcomed
 * @param connections how often it was welcomed so far; beyond the first they are reconnects
 * @param lastError what went wrong last, by channel or upload; null when nothing ever did
 * @param bytesShipped of artifacts, acknowledged
 * @param evidenceShipped sealed by the collector, duplicates included
 * @param evidenceKept copied to {@code evidence.dir}
 * @param evidenceWaiting in the spool, complete
 * @param spoolBytes used by the spool, drafts included
 * @param lastShippedAt when the collector last sealed something; null for never
 */
public record ShipStatus(
    boolean connected,
    long connections,
    @Nullable String lastError,
    long bytesShipped,
    long evidenceShipped,
    long evidenceKept,
    int evidenceWaiting,
    long spoolBytes,
    @Nullable Instant lastShippedAt) {}
