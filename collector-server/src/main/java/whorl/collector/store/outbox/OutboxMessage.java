package whorl.collector.store.outbox;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import whorl.evidence.Id;

/**
 * A message of a notification.
 *
 * @param id the same at each attempt
 * @param group what it is about
 * @param content JSON
 * @param events how many events it stands for
 * @param attempts how often it was taken
 * @param age since it was added, by the database's clock
 * @param problem why the last attempt failed; null if none did
 */
public record OutboxMessage(
    Id id,
    String notification,
    String group,
    String content,
    long events,
    int attempts,
    Instant added,
    Duration age,
    @Nullable String problem) {}
