package whorl.agent.event;

import java.nio.ByteBuffer;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.RandomAccess;

/**
 * What rings held at one moment, once it is {@link #sorted}: the oldest first. Packed events are
 * copied as they are, so that a capture can hold them for seconds at little cost to the garbage
 * collector; each is made an object when it is asked for, every time anew.
 */
final class HeldEvents extends AbstractList<AgentEvent> implements RandomAccess {
  private static final int BLOCK_SLOTS = 64;

  /** Leaves room for as many sequences as a busy JVM has in ten years. */
  private static final int PLACE_BITS = 20;

  private final long after;
  private final long end;
  private final List<byte[]> blocks = new ArrayList<>();
  private final List<AgentEvent> whole = new ArrayList<>();
  private final List<StackTable.View> stacks = new ArrayList<>();

  /** For each ring, how many packed events there are when its own have been kept. */
  private final List<Integer> ends = new ArrayList<>();

  private final RecentTexts texts = new RecentTexts();
  private int packed;

  /** The sequence, then the place: an even one of a packed event, an odd one of a whole one. */
  private long[] keys = new long[256];

  private int size;

  /** Takes events whose sequence is between these two, both excluded. */
  HeldEvents(long after, long end) {
    this.after = after;
    this.end = end;
  }

  /**
   * One ring is read: these are its whole events.
   *
   * @param view has the stacks of all its events, packed ones too; it is taken after them
   */
  void endRing(List<RingEntry> ofThisRing, StackTable.View view) {
    for (RingEntry ringEntry : ofThisRing) {
      if (wanted(ringEntry.sequence())) {
        addKey(ringEntry.sequence(), whole.size() << 1 | 1);
        whole.add(ringEntry.event(view));
      }
    }
    stacks.add(view);
    ends.add(packed);
  }

  /**
   * Copies a packed event.
   *
   * @param slot all bytes of its slot
   */
  void keep(long sequence, byte[] slot) {
    if (wanted(sequence)) {
      if (packed % BLOCK_SLOTS == 0) {
        blocks.add(new byte[BLOCK_SLOTS * EventRing.SLOT_BYTES]);
      }
      ByteBuffer place = slot(packed);
      place.put(slot);
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
    int place = (int) keys[Objects.checkIndex(index, size)] & (1 << PLACE_BITS) - 1;
    int number = place >> 1;
    if ((place & 1) == 1) {
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

  private boolean wanted(long sequence) {
    return sequence > after && sequence < end;
  }

  private void addKey(long sequence, int place) {
    if (size == keys.length) {
      keys = Arrays.copyOf(keys, 2 * size);
    }
    keys[size++] = sequence << PLACE_BITS | place;
  }

  private ByteBuffer slot(int number) {
    return ByteBuffer.wrap(
        blocks.get(number / BLOCK_SLOTS),
        number % BLOCK_SLOTS * EventRing.SLOT_BYTES,
        EventRing.SLOT_BYTES);
  }
}
