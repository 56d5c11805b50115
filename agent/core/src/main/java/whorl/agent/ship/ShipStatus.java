package whorl.agent.ship;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The state of the connection to the collector.
 *
 * @param connected true if the channel is up and welcomed
 * @param connections number of welcomes so far; all after the first are reconnects
 * @param lastError the last error of channel or upload; null if there was none
 * @param bytesShipped acknowledged bytes of artifacts
 * @param evidenceShipped evidence sealed by the collector, including duplicates
 * @param evidenceKept evidence copied to {@code evidence.dir}
 * @param evidenceWaiting complete evidence in the spool
 * @param spoolBytes bytes used by the spool, including drafts
 * @param lastShippedAt when the collector last sealed evidence; null for never
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
