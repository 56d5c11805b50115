package whorl.collector.fleet.presence;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import whorl.collector.store.database.Notifications;

/** Notifications that arrive before {@code publish} returns, so that tests need not wait. */
final class DirectNotifications implements Notifications {
  private final List<Subscriber> subscribers = new CopyOnWriteArrayList<>();

  /** True while messages are lost, as when a connection to the database breaks. */
  boolean broken;

  private record Subscriber(String topic, Listener listener) {}

  @Override
  public void publish(String topic, String payload) {
    if (!broken) {
      for (Subscriber subscriber : subscribers) {
        if (subscriber.topic().equals(topic)) {
          subscriber.listener().received(payload);
        }
      }
    }
  }

  @Override
  public Subscription subscribe(String topic, Listener listener) {
    Subscriber subscriber = new Subscriber(topic, listener);
    subscribers.add(subscriber);
    return () -> subscribers.remove(subscriber);
  }

  /** Says to all listeners that messages may have been lost. */
  void mend() {
    broken = false;
    subscribers.forEach(subscriber -> subscriber.listener().mayHaveMissed());
  }

  @Override
  public void close() {
    subscribers.clear();
  }
}
