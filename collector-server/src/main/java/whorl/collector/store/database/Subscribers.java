package whorl.collector.store.database;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The listeners of each topic. A listener that fails does not keep others from their messages. */
final class Subscribers {
  private static final Logger LOG = LoggerFactory.getLogger(Subscribers.class);

  private final Map<String, List<Notifications.Listener>> listeners = new ConcurrentHashMap<>();

  Notifications.Subscription add(String topic, Notifications.Listener listener) {
    listeners.computeIfAbsent(topic, any -> new CopyOnWriteArrayList<>()).add(listener);
    return () -> listeners.getOrDefault(topic, List.of()).remove(listener);
  }

  void received(String topic, String payload) {
    for (Notifications.Listener listener : listeners.getOrDefault(topic, List.of())) {
      call(topic, listener, each -> each.received(payload));
    }
  }

  /** Asks all listeners to look for themselves. */
  void mayHaveMissed() {
    listeners.forEach(
        (topic, all) ->
            all.forEach(each -> call(topic, each, Notifications.Listener::mayHaveMissed)));
  }

  void mayHaveMissed(String topic, Notifications.Listener listener) {
    call(topic, listener, Notifications.Listener::mayHaveMissed);
  }

  private static void call(
      String topic, Notifications.Listener listener, Consumer<Notifications.Listener> call) {
    try {
      call.accept(listener);
    } catch (RuntimeException e) {
      LOG.warn("a listener of {} failed; it gets the next message all the same", topic, e);
    }
  }

  /** Checks a message before it is sent. */
  static void check(String topic, String payload) {
    if (topic.isEmpty() || topic.indexOf('\n') >= 0) {
      throw new IllegalArgumentException("not a topic: " + topic);
    }
    int bytes =
        topic.getBytes(StandardCharsets.UTF_8).length
            + NulText.encode(payload).getBytes(StandardCharsets.UTF_8).length;
    if (bytes > Notifications.MAX_BYTES) {
      throw new IllegalArgumentException(
          "a notification of "
              + topic
              + " has "
              + bytes
              + " bytes, and at most "
              + Notifications.MAX_BYTES
              + " can be sent: write it to a table, and send its key");
    }
  }
}
