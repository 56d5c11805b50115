package whorl.collector.store.outbox;

import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import whorl.collector.store.database.ResultRow;
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
    @Nullable String problem) {
  /** States of a message's row. */
  static final int WAITS = 0;

  static final int DEAD = 1;

  /** What {@link #of} reads. */
  static String columns(String now) {
    return "id, notification, group_key, content, events, attempts, added_millis, "
        + now
        + " - added_millis, problem";
  }

  static OutboxMessage of(ResultRow row) throws SQLException {
    return new OutboxMessage(
        new Id(row.getString(1)),
        row.getString(2),
        row.getString(3),
        row.getString(4),
        row.getLong(5),
        row.getInt(6),
        Instant.ofEpochMilli(row.getLong(7)),
        Duration.ofMillis(row.getLong(8)),
        row.getString(9));
  }
}
