package whorl.agent.event;

/**
 * The maximum memory for events.
 *
 * @param commonEvents slots of the ring for common events, a power of two
 * @param significantEvents slots of the ring for significant events, a power of two
 * @param wholeBytes for events that do not fit in a slot, in each ring
 * @param stackBytes for the stacks of each ring; 0 keeps no stack
 */
public record EventLimits(int commonEvents, int significantEvents, int wholeBytes, int stackBytes) {
  /** The limits of an agent without a configured limit. */
  static final EventLimits DEFAULT = new EventLimits(8192, 2048, 384 << 10, 384 << 10);

  private static final int SIGNIFICANT_PART = 4;
  private static final int KIND_PART = 16;
  private static final int SLOT_AND_STAMP_BYTES = EventRing.SLOT_BYTES + 16;

  public EventLimits {
    if (Integer.bitCount(commonEvents) != 1 || Integer.bitCount(significantEvents) != 1) {
      throw new IllegalArgumentException(
          "not powers of two: " + commonEvents + ", " + significantEvents);
    }
  }

  /**
   * Returns the limits for a budget: 7 tenths for slots, the rest for large events and stacks.
   *
   * @param bytes the whole budget
   * @param stacks whether stacks are kept
   */
  public static EventLimits within(long bytes, boolean stacks) {
    if (bytes >= DEFAULT.bytes()) {
      return stacks
          ? DEFAULT
          : new EventLimits(DEFAULT.commonEvents, DEFAULT.significantEvents, DEFAULT.wholeBytes, 0);
    }
    long slots = bytes * 7 / 10 / SLOT_AND_STAMP_BYTES;
    int common = Integer.highestOneBit((int) (slots * SIGNIFICANT_PART / (SIGNIFICANT_PART + 1)));
    int significant = Math.max(1, common / SIGNIFICANT_PART);
    int rest = (int) (bytes * 3 / 10 / 2);
    return new EventLimits(
        Math.max(1, common), significant, stacks ? rest / 2 : rest, stacks ? rest / 2 : 0);
  }

  /** Maximum number of different events in {@link RepeatedEvents}; a power of two. */
  int kinds() {
    return Math.max(1, commonEvents / KIND_PART);
  }

  /** The maximum of both rings together. */
  public long bytes() {
    return (long) (commonEvents + significantEvents) * SLOT_AND_STAMP_BYTES
        + 2L * (wholeBytes + stackBytes);
  }
}
