package whorl.agent.ship.net;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Full jitter: each wait is a random part of a bound that doubles up to a limit, so that agents
 * that lost the same collector do not return at the same time. Used by one thread.
 *
 * @see <a
 *     href="https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/">Exponential
 *     Backoff And Jitter</a>
 */
public final class Backoff {
  private final long firstMillis;
  private final long longestMillis;
  private long boundMillis;

  public Backoff(Duration first, Duration longest) {
    firstMillis = Math.max(1, first.toMillis());
    longestMillis = Math.max(firstMillis, longest.toMillis());
    boundMillis = firstMillis;
  }

  /** Returns the time to wait. */
  public long nextMillis() {
    long wait = ThreadLocalRandom.current().nextLong(boundMillis) + 1;
    boundMillis = Math.min(longestMillis, boundMillis * 2);
    return wait;
  }

  /** Resets the bound after a success. */
  public void reset() {
    boundMillis = firstMillis;
  }
}
