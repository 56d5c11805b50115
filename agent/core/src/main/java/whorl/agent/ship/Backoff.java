package whorl.agent.ship;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Full jitter: each wait is a random part of a bound that doubles up to a limit, so that agents
 * which lost the same collector do not come back together. For one thread.
 *
 * @see <a
 *     href="https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/">Exponential
 *     Backoff And Jitter</a>
 */
final class Backoff {
  private final long firstMillis;
  private final long longestMillis;
  private long boundMillis;

  Backoff(Duration first, Duration longest) {
    firstMillis = Math.max(1, first.toMillis());
    longestMillis = Math.max(firstMillis, longest.toMillis());
    boundMillis = firstMillis;
  }

  /** How long to wait now. */
  long nextMillis() {
    long waited = ThreadLocalRandom.current().nextLong(boundMillis) + 1;
    boundMillis = Math.min(longestMillis, boundMillis * 2);
    return waited;
  }

  /** It went well: the next trouble is a new one. */
  void reset() {
    boundMillis = firstMillis;
  }
}
