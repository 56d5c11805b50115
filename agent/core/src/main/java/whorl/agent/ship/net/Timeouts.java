package whorl.agent.ship.net;

import java.time.Duration;

/**
 * Time limits.
 *
 * @param firstRetry and {@code longestRetry}: the bounds of backoff; a random part of it is waited
 * @param unauthorizedRetry wait after a refused token, or evidence of another identity
 * @param exchange one request with its answer, including a chunk of at most 1 MiB; of a longer
 *     chunk, each piece, and then the answer
 * @param seal the request after which the collector checks and seals all of the evidence
 * @param connect TCP, TLS and, on the channel, hello and welcome
 * @param flush how long a journal line waits for others
 * @param keepLocally how long the collector may be unreachable before evidence is copied to {@code
 *     evidence.dir}
 */
public record Timeouts(
    Duration firstRetry,
    Duration longestRetry,
    Duration unauthorizedRetry,
    Duration exchange,
    Duration seal,
    Duration connect,
    Duration flush,
    Duration keepLocally) {
  public static final Timeouts NORMAL =
      new Timeouts(
          Duration.ofMillis(500),
          Duration.ofSeconds(30),
          Duration.ofMinutes(2),
          Duration.ofSeconds(30),
          Duration.ofMinutes(3),
          Duration.ofSeconds(15),
          Duration.ofMillis(100),
          Duration.ofMinutes(2));
}
