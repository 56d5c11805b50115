package whorl.agent.event;

/**
 * How much memory the events take at most.
 *
 * @param commonEvents slots of the ring for common events, a power of two
 * @param tellingEvents slots of the ring for rare events, a power of two
 * @param wholeBytes for events that do not fit in a slot, in each ring
 * @param stackBytes for the stacks of each ring; 0: no stack is kept
 */
public record EventLimits(int commonEvents, int tellingEvents, int wholeBytes, int stackBytes) {
  /** What an agent without a limit of its own keeps. */
  static final EventLimits MOST = new EventLimits(8192, 2048, 384 << 10, 384 << 10);

  private static final int TELLING_PART = 4;
  private static final int KIND_PART = 16;
  private static final int SLOT_AND_STAMP_BYTES = EventRing.SLOT_BYTES + 16;

  public EventLimits {
    if (Integer.bitCount(commonEvents) != 1 || Integer.bitCount(tellingEvents) != 1) {
      throw new IllegalArgumentException(
          "not powers of two: " + commonEvents + ", " + tellingEvents);
    }
  }

  /**
   * Limits for a budget: 7 tenths of it are slots, the rest is for large events and stacks.
   *
   * @param bytes for everything
   * @param stacks whether any stack is kept
   */
  public static EventLimits within(long bytes, boolean stacks) {
    if (bytes >= MOST.bytes()) {
      return stacks
          ? MOST
          : new EventLimits(MOST.commonEvents, MOST.tellingEvents, MOST.wholeBytes, 0);
    }
    long slots = bytes * 7 / 10 / SLOT_AND_STAMP_BYTES;
    int common = Integer.highestOneBit((int) (slots * TELLING_PART / (TELLING_PART + 1)));
    int telling = Math.max(1, common / TELLING_PART);
    int rest = (int) (bytes * 3 / 10 / 2);
    return new EventLimits(
        Math.max(1, common), telling, stacks ? rest / 2 : rest, stacks ? rest / 2 : 0);
  }

  /** How many different events {@link RepeatedEvents} knows at most; a power of two. */
  int kinds() {
    return Math.max(1, commonEvents / KIND_PART);
  }

  /** The most that both rings hold. */
  public long bytes() {
    return (long) (commonEvents + tellingEvents) * SLOT_AND_STAMP_BYTES
        + 2L * (wholeBytes + stackBytes);
  }
}
