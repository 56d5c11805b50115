package whorl.collector.http;

/** What a WebSocket upgrade leads to. Callbacks of one socket never overlap. */
public interface ChannelEndpoint {
  /** A peer with a good token has connected. */
  Listener opened(Peer peer, Principal principal);

  /** What the peer does. */
  interface Listener {
    /** A whole text message, bounded by the server. */
    void text(String message);

    /**
     * Whether the peer is known to live although nothing came over this socket for so long that it
     * would be closed.
     */
    default boolean lives() {
      return false;
    }

    /** The connection is gone, for whatever reason; the last call. */
    void closed();
  }

  /** The other end. All methods may be called from any thread and never block. */
  interface Peer {
    /** Queues a message; false when the peer is gone or too slow to take it. */
    boolean send(String message);

    void close(int code, String reason);

    String remoteAddress();
  }
}
