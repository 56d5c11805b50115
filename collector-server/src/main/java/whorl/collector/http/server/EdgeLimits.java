package whorl.collector.http.server;

import java.time.Duration;

/** Limits for clients, so that hostile ones cost a bounded amount in any number. */
public record EdgeLimits(Sizes sizes, Times times, Threads threads) {
  /** The limits in production. */
  public static final EdgeLimits STANDARD =
      new EdgeLimits(Sizes.STANDARD, Times.STANDARD, Threads.STANDARD);

  /**
   * Sizes in bytes, except {@code maxConnections}.
   *
   * @param maxConnections concurrent connections, including idle channels
   * @param maxMessageBytes size of one WebSocket message with all its frames
   * @param maxQueuedBytes bytes that wait for one slow WebSocket peer
   * @param maxWaitingBytes bytes of the messages of all WebSockets that wait to be processed: with
   *     more, sockets are read later, and with twice as many those that send long messages are
   *     closed
   * @param maxHeldBytes what connections take that wait for their clients, as {@link
   *     whorl.collector.limit.SlowClients} has it
   */
  public record Sizes(
      int maxConnections,
      int maxRequestLineBytes,
      int maxHeaderBytes,
      int maxMessageBytes,
      int maxQueuedBytes,
      int maxWaitingBytes,
      long maxHeldBytes) {
    static final Sizes STANDARD =
        new Sizes(20_000, 8 << 10, 16 << 10, 1 << 20, 1 << 20, 64 << 20, partOfHeap(4));

    /**
     * Returns the greatest heap, divided by this, in bytes. Direct memory has the same limit as the
     * heap.
     */
    public static long partOfHeap(int parts) {
      return Runtime.getRuntime().maxMemory() / parts;
    }
  }

  /**
   * Time limits.
   *
   * @param headers from the first byte of a request to the last of its headers, however slowly they
   *     arrive; the same limit again applies to a TLS handshake
   * @param idle without a byte in either direction, between requests or while a response is being
   *     sent
   * @param bodyIdle without a byte of a body while a worker waits for it
   * @param bodyGrace waiting time for a body after which its minimum rate is checked
   * @param minBytesPerSecond the minimum rate of a body
   * @param channelIdle without a message from a WebSocket peer that shows no other sign of life
   * @param stop for running requests when the server stops
   */
  public record Times(
      Duration headers,
      Duration idle,
      Duration bodyIdle,
      Duration bodyGrace,
      int minBytesPerSecond,
      Duration channelIdle,
      Duration stop) {
    static final Times STANDARD =
        new Times(
            Duration.ofSeconds(10),
            Duration.ofSeconds(60),
            Duration.ofSeconds(30),
            Duration.ofSeconds(10),
            4 << 10,
            Duration.ofSeconds(60),
            Duration.ofSeconds(10));
  }

  /**
   * Separate workers for each kind of client, so that uploads never delay a responder or a health
   * check.
   *
   * @param open for open routes; logins have the same number again
   * @param waiting limit for requests that wait for a worker of their kind, and again for those of
   *     one client
   */
  public record Threads(int agents, int people, int open, int channels, int waiting) {
    static final Threads STANDARD = new Threads(128, 64, 4, 8, 1024);
  }
}
