package whorl.agent.hunt;

import java.util.concurrent.TimeUnit;

/**
 * What one hunt may cost.
 *
 * @param processorNanos processor time of its thread
 * @param wallNanos from its beginning to its end
 * @param bytes of the rows, as JSON
 */
record HuntLimits(long processorNanos, long wallNanos, int bytes) {
  static final HuntLimits DEFAULT =
      new HuntLimits(TimeUnit.SECONDS.toNanos(2), TimeUnit.SECONDS.toNanos(30), 256 << 10);
}
