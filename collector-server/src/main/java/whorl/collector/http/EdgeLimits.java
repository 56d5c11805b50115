package whorl.collector.http;

import java.time.Duration;

/** What a client may cost, so that no number of hostile ones costs more. */
public record EdgeLimits(Sizes sizes, Times times, Threads threads) {
  /** Those of a server in use. */
  public static final EdgeLimits STANDARD =
      new EdgeLimits(Sizes.STANDARD, Times.STANDARD, Threads.STANDARD);

  /**
   * In bytes, but the first.
   *
   * @param maxConnections open at once, idle channels included
   * @param maxMessageBytes of one WebSocket message, all its frames together
   * @param maxQueuedBytes waiting for one WebSocket peer that reads too slowly
   */
  public record Sizes(
      int maxConnections,
      int maxRequestLineBytes,
      int maxHeaderBytes,
      int maxMessageBytes,
      int maxQueuedBytes) {
    static final Sizes STANDARD = new Sizes(20_000, 8 << 10, 16 << 10, 1 << 20, 1 << 20);
  }

  /**
   * How long anything may take.
   *
   * @param headers from the first byte of a request to the last of its headers, however they drip;
   *     as long again for a TLS handshake
   * @param idle without a byte either way, between requests or while a response is being sent
   * @param bodyIdle without a byte of a body somebody waits for
   * @param bodyGrace the waiting for a body after which it must have kept the least rate
   * @param minBytesPerSecond that rate
   * @param channelIdle without a word from a WebSocket peer of whom nothing else is heard either
   * @param stop for requests under way when the server stops
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
   * Workers for each kind of client, apart from one another: no number of uploads keeps a responder
   * or a health check waiting.
   *
   * @param open for open routes, and as many again for logins
   * @param waiting requests that may wait for a worker of their kind, and of one client besides
   */
  public record Threads(int agents, int people, int open, int channels, int waiting) {
    static final Threads STANDARD = new Threads(128, 64, 4, 8, 1024);
  }
}
