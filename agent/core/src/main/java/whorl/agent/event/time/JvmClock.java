package whorl.agent.event.time;

import java.util.function.LongSupplier;

/** The JVM's clocks, without lambdas, which take long to link before {@code main}. */
public enum JvmClock implements LongSupplier {
  /** Milliseconds since 1970; may be set back. */
  EPOCH_MILLIS,
  /** Nanoseconds from an arbitrary origin; never decrease. */
  NANOS;

  @Override
  public long getAsLong() {
    return this == NANOS ? System.nanoTime() : System.currentTimeMillis();
  }
}
