package whorl.collector.store.outbox;

import java.io.IOException;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.collector.store.database.Database;
import whorl.collector.store.limits.LedgerTime;
import whorl.evidence.Text;

/** How deliveries went, and how far those of journals are, for each notification. */
final class DeliveryCounts {
  private static final int PROBLEM_MAX_CHARS = 500;

  private final Database database;
  private final LedgerTime time;

  DeliveryCounts(Database database, LedgerTime time) {
    this.database = database;
    this.time = time;
  }

  /** Notes a delivery without a message of its own. */
  void deliveredJournal(String notification, long arrival) throws IOException {
    String now = time.nowMillis();
    database.inTransaction(
        () -> {
          count(notification, "delivered", 1);
          return database.update(
              "UPDATE notify_status SET success_millis = "
                  + now
                  + ", journal = ? WHERE notification = ?",
              arrival,
              notification);
        });
  }

  /** The last arrival of the journal that this notification got; -1 if none. */
  long journal(String notification) throws IOException {
    List<Long> found =
        database.query(
            "SELECT journal FROM notify_status WHERE notification = ?",
            row -> row.getLong(1),
            notification);
    return found.isEmpty() ? -1 : found.get(0);
  }

  /** Lets the journal's delivery begin after this arrival. */
  void startJournal(String notification, long arrival) throws IOException {
    database.inTransaction(
        () -> {
          count(notification, "delivered", 0);
          return database.update(
              "UPDATE notify_status SET journal = ? WHERE notification = ? AND journal < 0",
              arrival,
              notification);
        });
  }

  /** Notes a failed attempt, without a message. */
  void noteFailure(String notification, String problem) throws IOException {
    database.inTransaction(
        () -> {
          count(notification, "failed", 1);
          return database.update(
              "UPDATE notify_status SET failure_millis = "
                  + time.nowMillis()
                  + ", problem = ? WHERE notification = ?",
              bounded(problem),
              notification);
        });
  }

  /** What became of the messages of each notification that ever got one. */
  Map<String, OutboxStatus> status() throws IOException {
    Map<String, long[]> counts = new HashMap<>();
    database.query(
        "SELECT notification, state, count(*) FROM notify_messages GROUP BY notification, state",
        row -> {
          counts.computeIfAbsent(row.getString(1), name -> new long[2])[row.getInt(2)] =
              row.getLong(3);
          return true;
        });
    Map<String, OutboxStatus> status = new HashMap<>();
    counts.forEach(
        (name, each) ->
            status.put(
                name,
                new OutboxStatus(
                    0,
                    0,
                    0,
                    null,
                    null,
                    null,
                    each[OutboxMessage.WAITS],
                    each[OutboxMessage.DEAD])));
    database.query(
        "SELECT notification, delivered, failed, dropped, success_millis, failure_millis, problem"
            + " FROM notify_status",
        row -> {
          long[] each = counts.getOrDefault(row.getString(1), new long[2]);
          return status.put(
              row.getString(1),
              new OutboxStatus(
                  row.getLong(2),
                  row.getLong(3),
                  row.getLong(4),
                  at(row.getLong(5)),
                  at(row.getLong(6)),
                  row.getString(7),
                  each[OutboxMessage.WAITS],
                  each[OutboxMessage.DEAD]));
        });
    return status;
  }

  /** Adds to a counter of a notification, whose row is made if there is none. */
  void count(String notification, String column, long more) throws IOException {
    database.update(
        "INSERT INTO notify_status (notification, delivered, failed, dropped, success_millis,"
            + " failure_millis, problem, journal) VALUES (?, 0, 0, 0, 0, 0, NULL, -1)"
            + " ON CONFLICT (notification) DO NOTHING",
        notification);
    if (more > 0) {
      database.update(
          "UPDATE notify_status SET " + column + " = " + column + " + ? WHERE notification = ?",
          more,
          notification);
    }
  }

  private static @Nullable Instant at(long millis) {
    return millis == 0 ? null : Instant.ofEpochMilli(millis);
  }

  static String bounded(String problem) {
    return Text.beginning(problem, PROBLEM_MAX_CHARS);
  }
}
