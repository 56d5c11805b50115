package whorl.agent.start;

import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Measures the processor time of this JVM, all its threads together, from one sample to the next.
 * For one thread.
 */
final class ProcessorUse {
  private final @Nullable LongSupplier processorNanos;
  private long lastSampleNanos = System.nanoTime();
  private long usedNanos;

  /**
   * @param processorNanos the processor time so far; null for that of this JVM
   */
  ProcessorUse(@Nullable LongSupplier processorNanos) {
    this.processorNanos = processorNanos;
    usedNanos = usedNanos();
  }

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

  private long usedNanos() {
    return processorNanos != null
        ? processorNanos.getAsLong()
        : ProcessHandle.current().info().totalCpuDuration().map(Duration::toNanos).orElse(0L);
  }
}
