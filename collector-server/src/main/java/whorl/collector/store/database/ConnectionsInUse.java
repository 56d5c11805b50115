package whorl.collector.store.database;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connections that threads wait on. When the server is away they are aborted, so that no thread
 * waits for an answer until the network gives up. Thread-safe.
 */
final class ConnectionsInUse {
  private static final Logger LOG = LoggerFactory.getLogger(ConnectionsInUse.class);

  private final Set<Connection> connections = ConcurrentHashMap.newKeySet();

  Connection begin(Connection connection) {
    connections.add(connection);
    return connection;
  }

  void end(Connection connection) {
    connections.remove(connection);
  }

  /** Ends all of them soon; their statements fail. */
  void abort() {
    List<Connection> waiting = List.copyOf(connections);
    if (waiting.isEmpty()) {
      return;
    }
    // on a thread of its own: to close an encrypted connection may take its time
    Thread thread = new Thread(() -> waiting.forEach(ConnectionsInUse::abort), "whorl-abort");
    thread.setDaemon(true);
    thread.start();
  }

  private static void abort(Connection connection) {
    try {
      connection.abort(Runnable::run);
    } catch (SQLException | RuntimeException e) {
      LOG.info("a connection ends by itself, when its time limit is over: {}", e.getMessage());
    }
  }
}
