package whorl.collector.store.outbox;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.BinaryOperator;
import org.jspecify.annotations.Nullable;
import whorl.collector.store.database.Database;
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
  private static final int FORGOTTEN_AT_ONCE = 10_000;

  private final Database database;
  private final LedgerTime time;
  private final String collector;
  private final NewMessages newMessages;
  private final DeadMessages dead;
  private final DeliveryCounts counts;

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
    counts = new DeliveryCounts(database, time);
    newMessages = new NewMessages(database, time, limits, counts);
    dead = new DeadMessages(database, time, limits.dead(), counts);
  }

  /**
   * Adds a message, or its event to the message of the same group that waits and was never tried.
   *
   * @param join makes one content of the stored and the new one
   */
  public Added add(NewMessage message, BinaryOperator<String> join) throws IOException {
    return newMessages.add(message, join);
  }

  /** The notifications that have messages to be delivered now. */
  public List<String> due() throws IOException {
    String now = time.nowMillis();
    return database.query(
        "SELECT DISTINCT notification FROM notify_messages WHERE state = "
            + OutboxMessage.WAITS
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
                          + OutboxMessage.WAITS
                          + " AND due_millis <= "
                          + now
                          + " AND until_millis <= "
                          + now
                          + " ORDER BY due_millis, added_millis, id LIMIT ?"
                          + skipping
                          + ") RETURNING "
                          + OutboxMessage.columns(now),
                      OutboxMessage::of,
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
          counts.count(notification, "delivered", messages.size());
          return database.update(
              "UPDATE notify_status SET success_millis = " + now + " WHERE notification = ?",
              notification);
        });
  }

  /** Gives messages back, to be tried again; the attempt failed. */
  public void failed(List<OutboxMessage> messages, Duration after, String problem)
      throws IOException {
    end(messages, OutboxMessage.WAITS, after, problem);
  }

  /** Gives messages up: they wait for a person. */
  public void dead(List<OutboxMessage> messages, String problem) throws IOException {
    end(messages, OutboxMessage.DEAD, Duration.ZERO, problem);
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
                DeliveryCounts.bounded(problem),
                after.toMillis(),
                message.id().value(),
                collector,
                message.attempts());
          }
          counts.noteFailure(notification, problem);
          if (state == OutboxMessage.DEAD) {
            dead.drop(notification);
          }
          return true;
        });
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
            + OutboxMessage.WAITS
            + " AND attempts > 0 AND due_millis > "
            + now,
        notification);
  }

  /** Notes a delivery without a message of its own. */
  public void deliveredJournal(String notification, long arrival) throws IOException {
    counts.deliveredJournal(notification, arrival);
  }

  /** The last arrival of the journal that this notification got; -1 if none. */
  public long journal(String notification) throws IOException {
    return counts.journal(notification);
  }

  /** Lets the journal's delivery begin after this arrival. */
  public void startJournal(String notification, long arrival) throws IOException {
    counts.startJournal(notification, arrival);
  }

  /** Notes a failed attempt, without a message. */
  public void noteFailure(String notification, String problem) throws IOException {
    counts.noteFailure(notification, problem);
  }

  /** What became of the messages of each notification that ever got one. */
  public Map<String, OutboxStatus> status() throws IOException {
    return counts.status();
  }

  /**
   * Messages that were given up, newest first.
   *
   * @param before only messages with lesser ids; null to begin with the newest
   */
  public List<OutboxMessage> deadMessages(@Nullable String before, int limit) throws IOException {
    return dead.newestFirst(before, limit);
  }

  /**
   * Lets a message that was given up be tried again, with all its time.
   *
   * @return false if there is none with this id
   */
  public boolean retry(Id message) throws IOException {
    return dead.retry(message);
  }

  /**
   * Deletes a message that was given up.
   *
   * @return false if there is none with this id
   */
  public boolean discard(Id message) throws IOException {
    return dead.discard(message);
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
        "DELETE FROM notify_messages WHERE state = "
            + OutboxMessage.DEAD
            + " AND added_millis < "
            + now
            + " - ?",
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
}
