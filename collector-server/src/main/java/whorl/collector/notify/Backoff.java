package whorl.collector.notify;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * How long to wait after failures: twice as long after each, with jitter, so that collectors and
 * notifications do not come at the same moment. Used by one thread.
 */
final class Backoff {
  private static final long FIRST_MILLIS = 5_000;
  private static final long MAX_MILLIS = Duration.ofMinutes(15).toMillis();
  private static final long PAUSE_FIRST_MILLIS = 1_000;
  private static final long PAUSE_MAX_MILLIS = Duration.ofMinutes(1).toMillis();
  private static final double JITTER = 0.2;
  private static final int DOUBLINGS = 20;

  private int inARow;

  /** How long a message waits after this many attempts. */
  static Duration after(int attempts) {
    return jittered(doubled(FIRST_MILLIS, attempts - 1, MAX_MILLIS));
  }

  /** How long the target is left alone after one more failure in a row. */
  Duration next() {
    return jittered(doubled(PAUSE_FIRST_MILLIS, inARow++, PAUSE_MAX_MILLIS));
  }

  /** It answers again. */
  void reset() {
    inARow = 0;
  }

  private static long doubled(long first, int times, long max) {
    return Math.min(max, first << Math.max(0, Math.min(DOUBLINGS, times)));
  }

  private static Duration jittered(long millis) {
    double factor = 1 + ThreadLocalRandom.current().nextDouble(-JITTER, JITTER);
    return Duration.ofMillis((long) (millis * factor));
  }
}
