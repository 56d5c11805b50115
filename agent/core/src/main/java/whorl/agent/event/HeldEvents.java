package whorl.agent.event;

import java.nio.ByteBuffer;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.RandomAccess;
import whorl.event.AgentEvent;

/**
 * The events of the rings at one moment, oldest first after {@link #sorted}. Packed events are
 * copied as bytes, so that a capture can hold them for seconds at little cost to the garbage
 * collector. Each event object is made on access, every time anew.
 */
final class HeldEvents extends AbstractList<AgentEvent> implements RandomAccess {
  private static final int BLOCK_SLOTS = 64;

  /** Leaves enough bits for the sequences of a busy JVM in ten years. */
  private static final int POSITION_BITS = 20;

  private final long after;
  private final long end;
  private final List<byte[]> blocks = new ArrayList<>();
  private final List<AgentEvent> whole = new ArrayList<>();
  private final List<StackTable.View> stacks = new ArrayList<>();

  /** For each ring, the number of packed events up to its end. */
  private final List<Integer> ends = new ArrayList<>();

  private final RecentTexts texts = new RecentTexts();
  private int packed;

  /** The sequence, then the position: even for a packed event, odd for a whole one. */
  private long[] keys = new long[256];

  private int size;

  /** Accepts events whose sequence is between these two, both excluded. */
  HeldEvents(long after, long end) {
    this.after = after;
    this.end = end;
  }

  /**
   * Ends one ring and adds its whole events.
   *
   * @param view has the stacks of all its events, also of packed ones; it is taken after them
   */
  void endRing(List<RingEntry> entries, StackTable.View view) {
    for (RingEntry ringEntry : entries) {
      if (isInRange(ringEntry.sequence())) {
        addKey(ringEntry.sequence(), whole.size() << 1 | 1);
        whole.add(ringEntry.event(view));
      }
    }
    stacks.add(view);
    ends.add(packed);
  }

  /**
   * Adds a copy of a packed event.
   *
   * @param slot all bytes of its slot
   */
  void keep(long sequence, byte[] slot) {
    if (isInRange(sequence)) {
      if (packed % BLOCK_SLOTS == 0) {
        blocks.add(new byte[BLOCK_SLOTS * EventRing.SLOT_BYTES]);
      }
      slot(packed).put(slot);
      addKey(sequence, packed << 1);
      packed++;
    }
  }

  HeldEvents sorted() {
    Arrays.sort(keys, 0, size);
    return this;
  }

  @Override
  public AgentEvent get(int index) {
    int position = (int) keys[Objects.checkIndex(index, size)] & (1 << POSITION_BITS) - 1;
    int number = position >> 1;
    if ((position & 1) == 1) {
      return whole.get(number);
    }
    int ring = 0;
    while (number >= ends.get(ring)) {
      ring++;
    }
    return Objects.requireNonNull(
        PackedEvent.read(slot(number), texts, stacks.get(ring)), "a packed event");
  }

  @Override
  public int size() {
    return size;
  }

  private boolean isInRange(long sequence) {
    return sequence > after && sequence < end;
  }

  private void addKey(long sequence, int position) {
    if (size == keys.length) {
      keys = Arrays.copyOf(keys, 2 * size);
    }
    keys[size++] = sequence << POSITION_BITS | position;
  }

  private ByteBuffer slot(int number) {
    return ByteBuffer.wrap(
        blocks.get(number / BLOCK_SLOTS),
        number % BLOCK_SLOTS * EventRing.SLOT_BYTES,
        EventRing.SLOT_BYTES);
  }
}
