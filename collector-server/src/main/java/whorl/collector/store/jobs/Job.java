package whorl.collector.store.jobs;

import java.time.Instant;
import org.jspecify.annotations.Nullable;
import whorl.evidence.Id;

/**
 * One piece of work.
 *
 * @param kind such as {@code index}
 * @param attempts how often it was taken since it was added, without being done
 * @param holder the collector that works on it; null while none does
 * @param progress of the work, from 0 to 1
 * @param problem why the last attempt ended without result; null if none did
 * @param dueAt when it may be taken, by the database's clock
 */
public record Job(
    String kind,
    Id evidence,
    int attempts,
    @Nullable String holder,
    double progress,
    @Nullable String problem,
    Instant dueAt) {}
