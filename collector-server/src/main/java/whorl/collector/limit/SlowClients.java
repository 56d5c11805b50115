package whorl.collector.limit;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * The memory that connections take while they wait for their clients: for the rest of what a client
 * sends, or until it has read what is sent to it. There is a limit for all together, and those of
 * one network have half of it. Beyond it, the connection that has waited longest is closed. So a
 * quick client gets through however many slow ones there are: its connection is closed only if
 * others take all of the memory after it has begun to wait. In the same order, connections that
 * nothing is done for give way to new ones. Thread-safe.
 */
public final class SlowClients {
  private final long maxBytes;
  private final Runnable closed;
  private final Set<Connection> waiting = new LinkedHashSet<>();
  private final Map<String, Network> networks = new HashMap<>();
  private final Set<Connection> idle = new LinkedHashSet<>();
  private long bytes;

  /** The connections of one network that take memory, those that have waited longest first. */
  private static final class Network {
    private final Set<Connection> waiting = new LinkedHashSet<>();
    private long bytes;
  }

  /**
   * @param closed runs for each connection that is closed because of the memory; must not block
   */
  public SlowClients(long maxBytes, Runnable closed) {
    this.maxBytes = maxBytes;
    this.closed = closed;
  }

  /**
   * Returns a new connection, which takes nothing.
   *
   * @param address of the client
   * @param close closes the connection. Called at most once, on any thread; must not block
   */
  public Connection connection(String address, Runnable close) {
    return new Connection(RemoteNetwork.of(address), close);
  }

  /** Closes the connection that is idle longest; false if none is. */
  public boolean closeIdle() {
    Connection longest;
    synchronized (this) {
      if (idle.isEmpty()) {
        return false;
      }
      longest = giveUp(idle.iterator().next());
    }
    longest.close.run();
    return true;
  }

  /** Returns what all connections take, in bytes. */
  synchronized long bytes() {
    return bytes;
  }

  /** One connection. What it takes is measured on its own thread. */
  public final class Connection {
    private final String network;
    private final Runnable close;
    private LongSupplier transport = () -> 0;
    private LongSupplier protocol = () -> 0;
    private long bytes;

    /** False if {@link #bytes} is 0; read without the lock. */
    private volatile boolean takes;

    private boolean ended;

    private Connection(String network, Runnable close) {
      this.network = network;
      this.close = close;
    }

    /**
     * @param bytes returns what encryption takes now; in place of what did so before
     */
    public void transport(LongSupplier bytes) {
      transport = bytes;
    }

    /**
     * @param bytes returns what requests or messages take now; in place of what did so before
     */
    public void protocol(LongSupplier bytes) {
      protocol = bytes;
    }

    /** Counts what the connection takes now, and closes some if all together take too much. */
    public void measure() {
      set(transport.getAsLong() + protocol.getAsLong());
    }

    /** What the client sent is complete. If the connection still waits, it does so since now. */
    public void progressed() {
      set(0);
    }

    /** From now on nothing is done for the client, so the connection gives way to new ones. */
    public void idle() {
      synchronized (SlowClients.this) {
        if (!ended) {
          idle.remove(this);
          idle.add(this);
        }
      }
    }

    /** From now on the connection does not give way, until {@link #idle}. */
    public void busy() {
      synchronized (SlowClients.this) {
        idle.remove(this);
      }
    }

    /** The connection has ended, and takes nothing any more. */
    public void end() {
      synchronized (SlowClients.this) {
        giveUp(this);
      }
    }

    private void set(long now) {
      if (now > 0 || takes) {
        for (Connection slowest : change(this, now)) {
          closed.run();
          slowest.close.run();
        }
      }
    }
  }

  /** Returns the connections that are to be closed. */
  private synchronized List<Connection> change(Connection connection, long now) {
    if (connection.ended) {
      return List.of();
    }
    Network network = networks.computeIfAbsent(connection.network, key -> new Network());
    count(connection, network, now);
    List<Connection> slowest = new ArrayList<>(0);
    while (network.bytes > maxBytes / 2 && network.waiting.size() > 1) {
      slowest.add(giveUp(network.waiting.iterator().next()));
    }
    while (bytes > maxBytes && waiting.size() > 1) {
      slowest.add(giveUp(waiting.iterator().next()));
    }
    if (network.waiting.isEmpty()) {
      networks.remove(connection.network, network);
    }
    return slowest;
  }

  /** Counts the connection no more. Called with the lock. */
  private Connection giveUp(Connection connection) {
    Network network = networks.get(connection.network);
    if (network != null) {
      count(connection, network, 0);
      if (network.waiting.isEmpty()) {
        networks.remove(connection.network);
      }
    }
    idle.remove(connection);
    connection.ended = true;
    return connection;
  }

  private void count(Connection connection, Network network, long now) {
    if (now == 0) {
      waiting.remove(connection);
      network.waiting.remove(connection);
    } else if (connection.bytes == 0) {
      waiting.add(connection);
      network.waiting.add(connection);
    }
    bytes += now - connection.bytes;
    network.bytes += now - connection.bytes;
    connection.bytes = now;
    connection.takes = now > 0;
  }
}
