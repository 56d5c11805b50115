package whorl.collector.store.outbox;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What became of a notification's messages, at all collectors.
 *
 * @param delivered the number of delivered messages
 * @param failed the number of failed attempts
 * @param dropped the number of messages dropped for lack of room
 * @param success when the last message was delivered; null if none was
 * @param failure when the last attempt failed; null if none did
 * @param problem why the last attempt failed; null if none did
 * @param waiting the number of messages that wait
 * @param dead the number of messages that were given up
 */
public record OutboxStatus(
    long delivered,
    long failed,
    long dropped,
    @Nullable Instant success,
    @Nullable Instant failure,
    @Nullable String problem,
    long waiting,
    long dead) {
  /** The status of a notification that never got a message. */
  public static final OutboxStatus NONE = new OutboxStatus(0, 0, 0, null, null, null, 0, 0);
}
