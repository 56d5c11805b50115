package whorl.collector.recording;

/**
 * Ticks of a chunk as nanoseconds, by the very arithmetic of {@code
 * jdk.jfr.internal.consumer.TimeConverter}, so that both tell the same times.
 *
 * @param startNanos since 1970, of the chunk's beginning
 * @param startTicks of the same moment
 * @param ticksPerNano as a fraction
 */
record Clock(long startNanos, long startTicks, double ticksPerNano) {
  private static final double NANOS_PER_SECOND = 1_000_000_000;
  private static final long NANOS_PER_MILLI = 1_000_000;
  private static final long NANOS_PER_MICRO = 1_000;

  static Clock of(long startNanos, long startTicks, long ticksPerSecond) {
    return new Clock(startNanos, startTicks, ticksPerSecond / NANOS_PER_SECOND);
  }

  /** Nanoseconds since 1970. */
  long instant(long ticks) {
    return startNanos + (long) ((ticks - startTicks) / ticksPerNano);
  }

  /** Nanoseconds. */
  long span(long ticks) {
    return (long) (ticks / ticksPerNano);
  }

  /**
   * Nanoseconds of a value as {@code RecordedObject.getDuration} has it: the least and the greatest
   * of all numbers stand for what has no end, and what can't be told in nanoseconds does too.
   */
  long span(Field.Time unit, long value) {
    if (value == 0 || value == Long.MIN_VALUE || value == Long.MAX_VALUE) {
      return value;
    }
    return switch (unit) {
      case SPAN_TICKS -> span(value);
      case SPAN_MICROS -> value * NANOS_PER_MICRO;
      case SPAN_MILLIS -> endless(value, NANOS_PER_MILLI);
      case SPAN_SECONDS -> endless(value, (long) NANOS_PER_SECOND);
      default -> value;
    };
  }

  private static long endless(long value, long nanos) {
    if (Math.abs(value) > Long.MAX_VALUE / nanos) {
      return value < 0 ? Long.MIN_VALUE : Long.MAX_VALUE;
    }
    return value * nanos;
  }
}
