package whorl.agent.start;

import java.time.Duration;

/**
 * Measures the processor time of this JVM, all its threads together, from one sample to the next.
 * For one thread.
 */
final class ProcessorUse {
  private long lastSampleNanos = System.nanoTime();
  private long usedNanos = usedNanos();

  /**
   * Returns processors used since the last sample: 1.0 for one whole processor, 0 if the system
   * does not report it.
   */
  double sinceLast() {
    long nowNanos = System.nanoTime();
    long used = usedNanos();
    double share = (double) (used - usedNanos) / Math.max(1, nowNanos - lastSampleNanos);
    lastSampleNanos = nowNanos;
    usedNanos = used;
    return share;
  }

  private static long usedNanos() {
    return ProcessHandle.current().info().totalCpuDuration().map(Duration::toNanos).orElse(0L);
  }
}
