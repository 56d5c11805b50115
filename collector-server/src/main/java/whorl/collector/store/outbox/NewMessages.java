package whorl.collector.store.outbox;

import java.io.IOException;
import java.util.List;
import java.util.function.BinaryOperator;
import whorl.collector.store.database.Database;
import whorl.collector.store.limits.LedgerTime;

/** Adds messages, within the bounds of their notification. */
final class NewMessages {
  private final Database database;
  private final LedgerTime time;
  private final OutboxLedger.Limits limits;
  private final DeliveryCounts counts;

  NewMessages(
      Database database, LedgerTime time, OutboxLedger.Limits limits, DeliveryCounts counts) {
    this.database = database;
    this.time = time;
    this.limits = limits;
    this.counts = counts;
  }

  /**
   * Adds a message, or its event to the message of the same group that waits and was never tried.
   *
   * @param join makes one content of the stored and the new one
   */
  OutboxLedger.Added add(NewMessage message, BinaryOperator<String> join) throws IOException {
    return database.inTransaction(
        () -> {
          String now = time.nowMillis();
          if (database.update(
                  "INSERT INTO notify_events (notification, event, at_millis) VALUES (?, ?, "
                      + now
                      + ") ON CONFLICT (notification, event) DO NOTHING",
                  message.notification(),
                  message.event())
              == 0) {
            return OutboxLedger.Added.KNOWN;
          }
          if (joined(message, join, now)) {
            return OutboxLedger.Added.JOINED;
          }
          insert(message, now);
          makeRoom(message.notification());
          return OutboxLedger.Added.ADDED;
        });
  }

  private boolean joined(NewMessage message, BinaryOperator<String> join, String now)
      throws IOException {
    List<String[]> waiting =
        database.query(
            "SELECT id, content FROM notify_messages WHERE notification = ? AND group_key = ?"
                + " AND state = "
                + OutboxMessage.WAITS
                + " AND attempts = 0 AND until_millis <= "
                + now
                + " ORDER BY added_millis LIMIT 1"
                + database.forUpdate(),
            row -> new String[] {row.getString(1), row.getString(2)},
            message.notification(),
            message.group());
    if (waiting.isEmpty()) {
      return false;
    }
    String content = join.apply(waiting.get(0)[1], message.content());
    return database.update(
            "UPDATE notify_messages SET content = ?, bytes = ?, events = events + 1"
                + (message.urgent() ? ", due_millis = " + now : "")
                + " WHERE id = ?",
            content,
            content.length(),
            waiting.get(0)[0])
        > 0;
  }

  private void insert(NewMessage message, String now) throws IOException {
    List<Long> next =
        database.query(
            "SELECT next_millis FROM notify_groups WHERE notification = ? AND group_key = ?",
            row -> row.getLong(1),
            message.notification(),
            message.group());
    long notBefore = next.isEmpty() || message.urgent() ? 0 : next.get(0);
    long delayMillis = message.urgent() ? 0 : message.delay().toMillis();
    String due = "(" + now + " + " + delayMillis + ")";
    database.update(
        "INSERT INTO notify_messages (id, notification, group_key, content, events, bytes, state,"
            + " attempts, holder, until_millis, due_millis, added_millis, problem)"
            + " VALUES (?, ?, ?, ?, 1, ?, "
            + OutboxMessage.WAITS
            + ", 0, NULL, 0, CASE WHEN "
            + due
            + " < "
            + notBefore
            + " THEN "
            + notBefore
            + " ELSE "
            + due
            + " END, "
            + now
            + ", NULL)",
        message.id().value(),
        message.notification(),
        message.group(),
        message.content(),
        message.content().length());
  }

  /** Drops the oldest waiting messages beyond the bounds. */
  private void makeRoom(String notification) throws IOException {
    long[] sums =
        database
            .query(
                "SELECT count(*), coalesce(sum(bytes), 0) FROM notify_messages"
                    + " WHERE notification = ? AND state = "
                    + OutboxMessage.WAITS,
                row -> new long[] {row.getLong(1), row.getLong(2)},
                notification)
            .get(0);
    long dropped = 0;
    while (sums[0] > 1 && (sums[0] > limits.messages() || sums[1] > limits.bytes())) {
      List<Long> gone =
          database.query(
              "DELETE FROM notify_messages WHERE id IN (SELECT id FROM notify_messages"
                  + " WHERE notification = ? AND state = "
                  + OutboxMessage.WAITS
                  + " ORDER BY added_millis, id LIMIT ?) RETURNING bytes",
              row -> row.getLong(1),
              notification,
              Math.max(1, sums[0] - limits.messages()));
      if (gone.isEmpty()) {
        break;
      }
      dropped += gone.size();
      sums[0] -= gone.size();
      sums[1] -= gone.stream().mapToLong(Long::longValue).sum();
    }
    if (dropped > 0) {
      counts.count(notification, "dropped", dropped);
    }
  }
}
