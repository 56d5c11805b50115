package whorl.collector.store.outbox;

import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BinaryOperator;
import org.jspecify.annotations.Nullable;
import whorl.collector.store.database.Database;
import whorl.collector.store.database.ResultRow;
import whorl.collector.store.limits.LedgerTime;
import whorl.evidence.Id;

/**
 * The messages of notifications. A message is added in the transaction of its event, taken by one
 * collector at a time, and kept until it is delivered, given up or dropped. Each notification has
 * its own bound. Changes are durable when a method returns, or with the transaction around it.
 * Thread-safe.
 */
public final class OutboxLedger {
  /** For how long an event is remembered, so that it makes no second message. */
  public static final Duration EVENTS_REMEMBERED = Duration.ofDays(7);

  private static final Duration DEAD_KEPT = Duration.ofDays(30);
  private static final int WAITS = 0;
  private static final int DEAD = 1;
  private static final int PROBLEM_MAX_CHARS = 500;
  private static final int FORGOTTEN_AT_ONCE = 10_000;

  private final Database database;
  private final LedgerTime time;
  private final String collector;
  private final Limits limits;

  /**
   * The bounds of each notification. The oldest messages are dropped first.
   *
   * @param messages that wait
   * @param bytes of these
   * @param dead messages that were given up
   */
  public record Limits(int messages, long bytes, int dead) {
    /** 5,000 messages, 16 MiB and 1,000 dead messages. */
    public static final Limits DEFAULT = new Limits(5_000, 16L << 20, 1_000);
  }

  /** The result of adding a message. */
  public enum Added {
    ADDED,
    /** The event joined a message of its group that waits. */
    JOINED,
    /** The event is in a message already. */
    KNOWN
  }

  /**
   * @param collector the name of this process; no two that run at the same time may have the same
   */
  public OutboxLedger(Database database, LedgerTime time, String collector, Limits limits) {
    this.database = database;
    this.time = time;
    this.collector = collector;
    this.limits = limits;
  }

  /**
   * Adds a message, or its event to the message of the same group that waits and was never tried.
   *
   * @param join makes one content of the stored and the new one
   */
  public Added add(NewMessage message, BinaryOperator<String> join) throws IOException {
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
            return Added.KNOWN;
          }
          if (joined(message, join, now)) {
            return Added.JOINED;
          }
          insert(message, now);
          makeRoom(message.notification());
          return Added.ADDED;
        });
  }

  private boolean joined(NewMessage message, BinaryOperator<String> join, String now)
      throws IOException {
    List<String[]> waiting =
        database.query(
            "SELECT id, content FROM notify_messages WHERE notification = ? AND group_key = ?"
                + " AND state = "
                + WAITS
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
            + WAITS
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
                    + WAITS,
                row -> new long[] {row.getLong(1), row.getLong(2)},
                notification)
            .get(0);
    long dropped = 0;
    while (sums[0] > 1 && (sums[0] > limits.messages() || sums[1] > limits.bytes())) {
      List<Long> gone =
          database.query(
              "DELETE FROM notify_messages WHERE id IN (SELECT id FROM notify_messages"
                  + " WHERE notification = ? AND state = "
                  + WAITS
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
      count(notification, "dropped", dropped);
    }
  }

  /** The notifications that have messages to be delivered now. */
  public List<String> due() throws IOException {
    String now = time.nowMillis();
    return database.query(
        "SELECT DISTINCT notification FROM notify_messages WHERE state = "
            + WAITS
            + " AND due_millis <= "
            + now
            + " AND until_millis <= "
            + now,
        row -> row.getString(1));
  }

  /**
   * Takes messages that are due, oldest first. No other collector gets them meanwhile.
   *
   * @param length for how long; then another collector may take them
   * @param quiet for how long no further message of these groups is due
   */
  public List<OutboxMessage> take(String notification, int max, Duration length, Duration quiet)
      throws IOException {
    String lock = database.forUpdate();
    String skipping = lock.isEmpty() ? "" : lock + " SKIP LOCKED";
    return database.inTransaction(
        () -> {
          String now = time.nowMillis();
          List<OutboxMessage> taken =
              new ArrayList<>(
                  database.query(
                      "UPDATE notify_messages SET holder = ?, until_millis = "
                          + now
                          + " + ?, attempts = attempts + 1 WHERE id IN (SELECT id FROM"
                          + " notify_messages WHERE notification = ? AND state = "
                          + WAITS
                          + " AND due_millis <= "
                          + now
                          + " AND until_millis <= "
                          + now
                          + " ORDER BY due_millis, added_millis, id LIMIT ?"
                          + skipping
                          + ") RETURNING "
                          + columns(now),
                      OutboxLedger::message,
                      collector,
                      length.toMillis(),
                      notification,
                      max));
          taken.sort(Comparator.comparing(OutboxMessage::id));
          if (!quiet.isZero()) {
            for (OutboxMessage message : taken) {
              database.update(
                  "INSERT INTO notify_groups (notification, group_key, next_millis) VALUES (?, ?, "
                      + now
                      + " + ?) ON CONFLICT (notification, group_key) DO UPDATE SET next_millis ="
                      + " excluded.next_millis",
                  notification,
                  message.group(),
                  quiet.toMillis());
            }
          }
          return taken;
        });
  }

  /** The messages were delivered. */
  public void delivered(List<OutboxMessage> messages) throws IOException {
    if (messages.isEmpty()) {
      return;
    }
    String notification = messages.get(0).notification();
    String now = time.nowMillis();
    database.inTransaction(
        () -> {
          for (OutboxMessage message : messages) {
            database.update(
                "DELETE FROM notify_messages WHERE id = ? AND holder = ? AND attempts = ?",
                message.id().value(),
                collector,
                message.attempts());
          }
          count(notification, "delivered", messages.size());
          return database.update(
              "UPDATE notify_status SET success_millis = " + now + " WHERE notification = ?",
              notification);
        });
  }

  /** Notes a delivery without a message of its own. */
  public void deliveredJournal(String notification, long arrival) throws IOException {
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
  public long journal(String notification) throws IOException {
    List<Long> found =
        database.query(
            "SELECT journal FROM notify_status WHERE notification = ?",
            row -> row.getLong(1),
            notification);
    return found.isEmpty() ? -1 : found.get(0);
  }

  /** Lets the journal's delivery begin after this arrival. */
  public void startJournal(String notification, long arrival) throws IOException {
    database.inTransaction(
        () -> {
          count(notification, "delivered", 0);
          return database.update(
              "UPDATE notify_status SET journal = ? WHERE notification = ? AND journal < 0",
              arrival,
              notification);
        });
  }

  /** Gives messages back, to be tried again; the attempt failed. */
  public void failed(List<OutboxMessage> messages, Duration after, String problem)
      throws IOException {
    end(messages, WAITS, after, problem);
  }

  /** Gives messages up: they wait for a person. */
  public void dead(List<OutboxMessage> messages, String problem) throws IOException {
    end(messages, DEAD, Duration.ZERO, problem);
  }

  private void end(List<OutboxMessage> messages, int state, Duration after, String problem)
      throws IOException {
    if (messages.isEmpty()) {
      return;
    }
    String notification = messages.get(0).notification();
    database.inTransaction(
        () -> {
          for (OutboxMessage message : messages) {
            database.update(
                "UPDATE notify_messages SET holder = NULL, until_millis = 0, state = ?,"
                    + " problem = ?, due_millis = "
                    + time.nowMillis()
                    + " + ? WHERE id = ? AND holder = ? AND attempts = ?",
                state,
                bounded(problem),
                after.toMillis(),
                message.id().value(),
                collector,
                message.attempts());
          }
          noteFailure(notification, problem);
          if (state == DEAD) {
            dropDead(notification);
          }
          return true;
        });
  }

  /** Notes a failed attempt, without a message. */
  public void noteFailure(String notification, String problem) throws IOException {
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

  private void dropDead(String notification) throws IOException {
    int gone =
        database.update(
            "DELETE FROM notify_messages WHERE state = "
                + DEAD
                + " AND notification = ? AND id NOT IN (SELECT id FROM notify_messages WHERE state"
                + " = "
                + DEAD
                + " AND notification = ? ORDER BY id DESC LIMIT ?)",
            notification,
            notification,
            limits.dead());
    if (gone > 0) {
      count(notification, "dropped", gone);
    }
  }

  /** Gives messages back as if they were never taken: this collector ends. */
  public void release(List<OutboxMessage> messages) throws IOException {
    for (OutboxMessage message : messages) {
      database.update(
          "UPDATE notify_messages SET holder = NULL, until_millis = 0, attempts = attempts - 1"
              + " WHERE id = ? AND holder = ? AND attempts = ?",
          message.id().value(),
          collector,
          message.attempts());
    }
  }

  /** The other side answers again: what failed before is due now. */
  public void hurry(String notification) throws IOException {
    String now = time.nowMillis();
    database.update(
        "UPDATE notify_messages SET due_millis = "
            + now
            + " WHERE notification = ? AND state = "
            + WAITS
            + " AND attempts > 0 AND due_millis > "
            + now,
        notification);
  }

  /**
   * Messages that were given up, newest first.
   *
   * @param before only messages with lesser ids; null to begin with the newest
   */
  public List<OutboxMessage> deadMessages(@Nullable String before, int limit) throws IOException {
    List<Object> arguments = new ArrayList<>();
    if (before != null) {
      arguments.add(before);
    }
    arguments.add(limit);
    return database.query(
        "SELECT "
            + columns(time.nowMillis())
            + " FROM notify_messages WHERE state = "
            + DEAD
            + (before == null ? "" : " AND id < ?")
            + " ORDER BY id DESC LIMIT ?",
        OutboxLedger::message,
        arguments.toArray());
  }

  /**
   * Lets a message that was given up be tried again, with all its time.
   *
   * @return false if there is none with this id
   */
  public boolean retry(Id dead) throws IOException {
    String now = time.nowMillis();
    return database.update(
            "UPDATE notify_messages SET state = "
                + WAITS
                + ", attempts = 0, due_millis = "
                + now
                + ", added_millis = "
                + now
                + " WHERE id = ? AND state = "
                + DEAD,
            dead.value())
        > 0;
  }

  /**
   * Deletes a message that was given up.
   *
   * @return false if there is none with this id
   */
  public boolean discard(Id dead) throws IOException {
    return database.update(
            "DELETE FROM notify_messages WHERE id = ? AND state = " + DEAD, dead.value())
        > 0;
  }

  /** What became of the messages of each notification that ever got one. */
  public Map<String, OutboxStatus> status() throws IOException {
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
            status.put(name, new OutboxStatus(0, 0, 0, null, null, null, each[WAITS], each[DEAD])));
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
                  each[WAITS],
                  each[DEAD]));
        });
    return status;
  }

  /**
   * Deletes what is not needed any more; to be called now and then.
   *
   * @param names the notifications that there are
   */
  public void forget(Collection<String> names) throws IOException {
    String now = time.nowMillis();
    database.update(
        "DELETE FROM notify_events WHERE at_millis < " + now + " - ?",
        EVENTS_REMEMBERED.toMillis());
    database.update("DELETE FROM notify_groups WHERE next_millis < " + now);
    database.update(
        "DELETE FROM notify_messages WHERE state = " + DEAD + " AND added_millis < " + now + " - ?",
        DEAD_KEPT.toMillis());
    List<Object> arguments = new ArrayList<>(names);
    arguments.add(DEAD_KEPT.toMillis());
    arguments.add(FORGOTTEN_AT_ONCE);
    // of notifications that are in no file any more, or in that of another collector
    database.update(
        "DELETE FROM notify_messages WHERE id IN (SELECT id FROM notify_messages WHERE"
            + (names.isEmpty()
                ? ""
                : " notification NOT IN ("
                    + String.join(", ", Collections.nCopies(names.size(), "?"))
                    + ") AND")
            + " added_millis < "
            + now
            + " - ? LIMIT ?)",
        arguments.toArray());
  }

  private void count(String notification, String column, long more) throws IOException {
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

  private static String columns(String now) {
    return "id, notification, group_key, content, events, attempts, added_millis, "
        + now
        + " - added_millis, problem";
  }

  private static OutboxMessage message(ResultRow row) throws SQLException {
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

  private static @Nullable Instant at(long millis) {
    return millis == 0 ? null : Instant.ofEpochMilli(millis);
  }

  private static String bounded(String problem) {
    return problem.length() <= PROBLEM_MAX_CHARS
        ? problem
        : problem.substring(0, PROBLEM_MAX_CHARS);
  }
}
