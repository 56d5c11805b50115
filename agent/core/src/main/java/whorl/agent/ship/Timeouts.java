package whorl.agent.ship;

import java.time.Duration;

/**
 * How long things may take.
 *
 * @param firstRetry and {@code longestRetry}: the bounds of backoff, of which a random part is
 *     waited
 * @param unauthorizedRetry how long a refused token is left alone
 * @param exchange one request with its answer, a chunk of at most 1 MiB included
 * @param seal the request that makes the collector check and seal all of an evidence
 * @param connect TCP, TLS and, on the channel, hello and welcome
 * @param flush how long a journal line waits for company
 * @param keepLocally how long the collector may be away before evidence is copied to {@code
 *     evidence.dir}
 */
record Timeouts(
    Duration firstRetry,
    Duration longestRetry,
    Duration unauthorizedRetry,
    Duration exchange,
    Duration seal,
    Duration connect,
    Duration flush,
    Duration keepLocally) {
  static final Timeouts NORMAL =
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
