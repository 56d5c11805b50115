package whorl.collector.store.outbox;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.collector.store.database.Database;
import whorl.collector.store.limits.LedgerTime;
import whorl.evidence.Id;

/** Messages that were given up, and wait for a person. */
final class DeadMessages {
  private final Database database;
  private final LedgerTime time;
  private final int max;
  private final DeliveryCounts counts;

  DeadMessages(Database database, LedgerTime time, int max, DeliveryCounts counts) {
    this.database = database;
    this.time = time;
    this.max = max;
    this.counts = counts;
  }

  /**
   * Messages that were given up, newest first.
   *
   * @param before only messages with lesser ids; null to begin with the newest
   */
  List<OutboxMessage> newestFirst(@Nullable String before, int limit) throws IOException {
    List<Object> arguments = new ArrayList<>();
    if (before != null) {
      arguments.add(before);
    }
    arguments.add(limit);
    return database.query(
        "SELECT "
            + OutboxMessage.columns(time.nowMillis())
            + " FROM notify_messages WHERE state = "
            + OutboxMessage.DEAD
            + (before == null ? "" : " AND id < ?")
            + " ORDER BY id DESC LIMIT ?",
        OutboxMessage::of,
        arguments.toArray());
  }

  /**
   * Lets a message that was given up be tried again, with all its time.
   *
   * @return false if there is none with this id
   */
  boolean retry(Id dead) throws IOException {
    String now = time.nowMillis();
    return database.update(
            "UPDATE notify_messages SET state = "
                + OutboxMessage.WAITS
                + ", attempts = 0, due_millis = "
                + now
                + ", added_millis = "
                + now
                + " WHERE id = ? AND state = "
                + OutboxMessage.DEAD,
            dead.value())
        > 0;
  }

  /**
   * Deletes a message that was given up.
   *
   * @return false if there is none with this id
   */
  boolean discard(Id dead) throws IOException {
    return database.update(
            "DELETE FROM notify_messages WHERE id = ? AND state = " + OutboxMessage.DEAD,
            dead.value())
        > 0;
  }

  /** Drops the oldest beyond the bound. */
  void drop(String notification) throws IOException {
    int gone =
        database.update(
            "DELETE FROM notify_messages WHERE state = "
                + OutboxMessage.DEAD
                + " AND notification = ? AND id NOT IN (SELECT id FROM notify_messages WHERE state"
                + " = "
                + OutboxMessage.DEAD
                + " AND notification = ? ORDER BY id DESC LIMIT ?)",
            notification,
            notification,
            max);
    if (gone > 0) {
      counts.count(notification, "dropped", gone);
    }
  }
}
