package whorl.collector.notify;

import java.io.IOException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import whorl.collector.notify.message.Notice;
import whorl.collector.store.outbox.OutboxMessage;
import whorl.evidence.Id;
import whorl.evidence.Json;

/**
 * A message that was given up.
 *
 * @param kind null if another version of Whorl wrote it
 * @param count how many events it stands for
 * @param attempts how often it was tried
 * @param problem why it was given up
 */
record DeadView(
    Id id,
    String notification,
    @Nullable String kind,
    @Nullable String level,
    @Nullable String service,
    String title,
    long count,
    int attempts,
    Instant added,
    @Nullable String problem) {
  static DeadView of(OutboxMessage message) {
    Notice notice = null;
    try {
      notice = Json.LENIENT.readValue(message.content(), Notice.class);
    } catch (IOException e) {
      // it can still be retried or discarded
      return new DeadView(
          message.id(),
          message.notification(),
          null,
          null,
          null,
          "not readable by this version of Whorl",
          message.events(),
          message.attempts(),
          message.added(),
          message.problem());
    }
    return new DeadView(
        message.id(),
        message.notification(),
        notice.kind().word(),
        notice.level().word(),
        notice.service(),
        notice.title(),
        message.events(),
        message.attempts(),
        message.added(),
        message.problem());
  }
}
