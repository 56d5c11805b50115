package whorl.agent.event;

import java.util.function.LongSupplier;

/** The JVM's clocks, without the lambdas that take long to link before {@code main}. */
public enum JvmClock implements LongSupplier {
  /** Milliseconds since 1970, which may be set back. */
  EPOCH_MILLIS,
  /** Nanoseconds since an unknown moment, which only grow. */
  NANOS;

  @Override
  public long getAsLong() {
    return this == NANOS ? System.nanoTime() : System.currentTimeMillis();
  }
}
