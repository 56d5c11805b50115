package whorl.agent;

import java.time.Duration;

/**
 * How much of the processors this JVM takes, all its threads together, from look to look. For one
 * thread.
 */
final class ProcessorUse {
  private long lookNanos = System.nanoTime();
  private long usedNanos = usedNanos();

  /**
   * Processors taken since the last look, 1.0 for one of them; 0 where the system does not tell.
   */
  double sinceLast() {
    long nowNanos = System.nanoTime();
    long used = usedNanos();
    double share = (double) (used - usedNanos) / Math.max(1, nowNanos - lookNanos);
    lookNanos = nowNanos;
    usedNanos = used;
    return share;
  }

  private static long usedNanos() {
    return ProcessHandle.current().info().totalCpuDuration().map(Duration::toNanos).orElse(0L);
  }
}
