package whorl.collector.store.database;

import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notifications by PostgreSQL's LISTEN and NOTIFY, on a connection of their own. All topics use the
 * channel {@code whorl}; a message is the topic, a line break and the payload. They are received on
 * the thread {@code whorl-notify}, which connects again when its connection is lost: after a tenth
 * of a second, and then after twice as long each time, up to five seconds.
 */
final class PostgresNotifications implements Notifications {
  private static final Logger LOG = LoggerFactory.getLogger(PostgresNotifications.class);
  private static final String CHANNEL = "whorl";
  private static final int SOCKET_SECONDS = 10;
  private static final int WAIT_MILLIS = 1_000;
  private static final long FIRST_PAUSE_MILLIS = 100;
  private static final long MAX_PAUSE_MILLIS = 5_000;
  private static final Duration JOIN = Duration.ofSeconds(5);

  private final Database database;
  private final PostgresAddress address;
  private final String name;
  private final Subscribers subscribers = new Subscribers();

  /** What to do for new subscriptions, as soon as messages certainly arrive. */
  private final Queue<Runnable> begun = new ConcurrentLinkedQueue<>();

  private final Thread thread = new Thread(this::run, "whorl-notify");
  private volatile boolean closed;

  /**
   * @param name of the database, for messages
   */
  PostgresNotifications(Database database, PostgresAddress address, String name) {
    this.database = database;
    this.address = address;
    this.name = name;
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void publish(String topic, String payload) throws IOException {
    Subscribers.check(topic, payload);
    database.query(
        "SELECT pg_notify(?, ?)",
        row -> topic, // the function returns nothing
        CHANNEL,
        topic + "\n" + payload);
  }

  @Override
  public Subscription subscribe(String topic, Listener listener) {
    Subscription subscription = subscribers.add(topic, listener);
    begun.add(() -> subscribers.mayHaveMissed(topic, listener));
    return subscription;
  }

  @Override
  public void close() {
    closed = true;
    thread.interrupt();
    try {
      thread.join(JOIN.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    long pause = FIRST_PAUSE_MILLIS;
    while (!closed) {
      long connected = System.nanoTime();
      try {
        listen();
      } catch (SQLException e) {
        if (!closed) {
          LOG.warn("{}: notifications are interrupted: {}", name, e.getMessage());
        }
      } catch (IOException e) {
        LOG.warn("{}: notifications cannot be received: {}", name, e.getMessage());
      }
      boolean lasted = System.nanoTime() - connected > Duration.ofSeconds(30).toNanos();
      pause = lasted ? FIRST_PAUSE_MILLIS : pause;
      try {
        Thread.sleep(pause);
      } catch (InterruptedException closing) {
        return; // only close() interrupts this thread
      }
      pause = Math.min(2 * pause, MAX_PAUSE_MILLIS);
    }
  }

  private void listen() throws SQLException, IOException {
    try (Connection connection = PostgresPool.source(address, SOCKET_SECONDS).getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("LISTEN " + CHANNEL);
      begun.clear(); // all are called now
      subscribers.mayHaveMissed();
      PGConnection notifying = connection.unwrap(PGConnection.class);
      while (!closed) {
        for (Runnable first = begun.poll(); first != null; first = begun.poll()) {
          first.run();
        }
        PGNotification[] received = notifying.getNotifications(WAIT_MILLIS);
        if (received == null || received.length == 0) {
          statement.execute("SELECT 1"); // notices a server that went without a word
          continue;
        }
        for (PGNotification each : received) {
          deliver(NulText.decode(each.getParameter()));
        }
      }
    }
  }

  private void deliver(String message) {
    int end = message.indexOf('\n');
    if (end > 0) {
      subscribers.received(message.substring(0, end), message.substring(end + 1));
    }
  }
}
