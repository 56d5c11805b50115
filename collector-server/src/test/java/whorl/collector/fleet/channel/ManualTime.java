package whorl.collector.fleet.channel;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.LongSupplier;

/** A wall clock and a nanosecond clock that the test advances. */
public final class ManualTime implements InstantSource, LongSupplier {
  public static final Instant START = Instant.parse("2026-11-24T10:00:00Z");

  private volatile long nanos;

  public void pass(Duration time) {
    nanos += time.toNanos();
  }

  @Override
  public Instant instant() {
    return START.plusNanos(nanos);
  }

  @Override
  public long getAsLong() {
    return nanos;
  }
}
