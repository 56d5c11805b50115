package whorl.collector.store.database;

import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * Notifications inside this process, for a database that no other process uses. They are received
 * on the thread {@code whorl-notify}. Beyond 10,000 waiting messages, further ones are lost, and
 * all listeners look for themselves.
 */
final class LocalNotifications implements Notifications {
  private static final int MAX_WAITING = 10_000;

  private final Subscribers subscribers = new Subscribers();
  private final Queue<Runnable> waiting = new ArrayDeque<>();
  private boolean overflowed;
  private boolean closed;

  LocalNotifications() {
    Thread thread = new Thread(this::run, "whorl-notify");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void publish(String topic, String payload) {
    Subscribers.check(topic, payload);
    enqueue(() -> subscribers.received(topic, payload));
  }

  @Override
  public Subscription subscribe(String topic, Listener listener) {
    Subscription subscription = subscribers.add(topic, listener);
    enqueue(() -> subscribers.mayHaveMissed(topic, listener));
    return subscription;
  }

  @Override
  public void close() {
    synchronized (waiting) {
      closed = true;
      waiting.notifyAll();
    }
  }

  private void enqueue(Runnable delivery) {
    synchronized (waiting) {
      if (waiting.size() < MAX_WAITING) {
        waiting.add(delivery);
      } else {
        overflowed = true;
      }
      waiting.notifyAll();
    }
  }

  private void run() {
    try {
      for (Runnable next = next(); next != null; next = next()) {
        next.run();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The next delivery; null at the end. */
  private @Nullable Runnable next() throws InterruptedException {
    synchronized (waiting) {
      while (waiting.isEmpty() && !overflowed && !closed) {
        waiting.wait();
      }
      if (closed) {
        return null;
      }
      if (waiting.isEmpty()) {
        overflowed = false;
        return subscribers::mayHaveMissed;
      }
      return waiting.remove();
    }
  }
}
