package whorl.collector.recording;

/**
 * Converts ticks of a chunk to nanoseconds with the same arithmetic as {@code
 * jdk.jfr.internal.consumer.TimeConverter}, so that both give the same times.
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
   * Converts a value to nanoseconds as {@code RecordedObject.getDuration} does: {@code
   * Long.MIN_VALUE} and {@code Long.MAX_VALUE} stand for an unlimited span, and for one that does
   * not fit in a long.
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
