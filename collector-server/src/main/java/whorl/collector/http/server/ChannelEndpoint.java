package whorl.collector.http.server;

import whorl.collector.http.request.Principal;

/** The receiver of WebSocket connections. Callbacks of one socket never overlap. */
public interface ChannelEndpoint {
  /** Called when a peer with a valid token has connected. */
  Listener opened(Peer peer, Principal principal);

  /** Called before the server closes all connections, because the collector ends. */
  default void stopping() {}

  /** Callbacks for one peer. */
  interface Listener {
    /** Called with a whole text message, whose size the server limits. */
    void text(String message);

    /**
     * True if the peer is known to be alive although this socket has been silent for so long that
     * it would be closed.
     */
    default boolean lives() {
      return false;
    }

    /** Called last, when the connection is closed for any reason. */
    void closed();
  }

  /** The remote end. All methods may be called from any thread and never block. */
  interface Peer {
    /** Queues a message; false when the peer is gone or too slow to take it. */
    boolean send(String message);

    void close(int code, String reason);

    String remoteAddress();

    /**
     * The peer is known, and keeps its connection. Until then it gives way to new connections if
     * there are too many.
     */
    default void accepted() {}

    /**
     * True if something that the peer sent waits for its callback, or is in it: then it is the
     * collector that is slow, and not the peer.
     */
    default boolean hasUnprocessedMessages() {
      return false;
    }

    /** True if the connection has ended already, and the callback that says so follows. */
    default boolean isGone() {
      return false;
    }
  }
}
