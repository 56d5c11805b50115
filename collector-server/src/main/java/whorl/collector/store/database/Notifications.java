package whorl.collector.store.database;

import java.io.IOException;

/**
 * Short messages among the collectors that use one database. They are hints: a message may be lost
 * when a connection breaks, and then each listener is asked to look for itself ({@link
 * Listener#mayHaveMissed}). What must not be lost belongs in a table.
 */
public interface Notifications extends AutoCloseable {
  /** Limit for a topic and its payload together, as UTF-8; PostgreSQL's own is just below 8000. */
  int MAX_BYTES = 7_500;

  /** Receives messages, one after the other, on a thread of the notifications. */
  interface Listener {
    void received(String payload);

    /**
     * Messages may have been lost: at the beginning, after a connection was lost, and after
     * messages came faster than they were received.
     */
    void mayHaveMissed();
  }

  /** Ends a subscription. */
  @FunctionalInterface
  interface Subscription extends AutoCloseable {
    @Override
    void close();
  }

  /**
   * Sends a message to all subscribers of the topic, in this process and in all others. Inside a
   * transaction it is sent with the commit.
   *
   * @param topic without line breaks
   * @throws IllegalArgumentException if the message is longer than {@link #MAX_BYTES}
   */
  void publish(String topic, String payload) throws IOException;

  /** Calls the listener for each message of the topic from now on. */
  Subscription subscribe(String topic, Listener listener);

  /** Has somebody look for changes: at each message of the topic, and when some may be missed. */
  default Subscription watch(String topic, Runnable look) {
    return subscribe(
        topic,
        new Listener() {
          @Override
          public void received(String payload) {
            look.run();
          }

          @Override
          public void mayHaveMissed() {
            look.run();
          }
        });
  }

  @Override
  void close();
}
