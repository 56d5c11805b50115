package whorl.collector.fleet.agents;

import java.util.concurrent.ConcurrentHashMap;
import whorl.collector.limit.Client;

/**
 * How many channels each pod has at this collector. Each JVM of a pod has one, and one pod must not
 * use up those of all. Thread-safe.
 */
final class PodChannels {
  /** Limit for one pod. */
  static final int MAX = 64;

  private final ConcurrentHashMap<String, Integer> countByClient = new ConcurrentHashMap<>();

  /**
   * True if this client is a pod that has as many as it may have.
   *
   * @param client whom the limits count
   */
  boolean isFull(String client) {
    return Client.share(client) > 1 && countByClient.getOrDefault(client, 0) >= MAX;
  }

  void opened(Connection connection) {
    change(connection, 1);
  }

  void closed(Connection connection) {
    change(connection, -1);
  }

  private void change(Connection connection, int by) {
    String client = connection.proof().client(connection.peer().remoteAddress());
    if (Client.share(client) > 1) {
      countByClient.compute(
          client,
          (key, count) -> {
            int now = (count == null ? 0 : count) + by;
            return now == 0 ? null : now;
          });
    }
  }
}
