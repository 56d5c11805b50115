package whorl.agent.event;

import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;
import whorl.event.AgentEvent;

/**
 * Keeps the newest events in memory. Any thread writes without a lock and overwrites the oldest
 * event. Bounded in events and in bytes.
 *
 * <p>An event is packed into the bytes of its slot if it fits. Otherwise it is kept {@link
 * WholeEvent whole}; when the whole events exceed their byte limit, the oldest are dropped. Each
 * stack is kept once, apart from the events. The bytes of neighbouring slots form one block,
 * allocated on first use.
 *
 * <p>During the start every event is kept whole, because packing is slow until it is compiled. The
 * slots have no bytes then, and the whole events may use that memory. They stay whole until the
 * rules have seen them, about a second after the start.
 */
final class EventRing {
  static final int SLOT_BYTES = 320;
  private static final int BLOCK_SLOTS = 64;
  private static final int READ_ATTEMPTS = 3;

  /** A slot's stamp and its reference to a whole event. */
  private static final int SLOT_REFERENCE_BYTES = 8;

  /**
   * One whole event may take this fraction of the bytes for whole events; beyond that its texts are
   * cut.
   */
  private static final int EVENT_FRACTION = 8;

  private final AtomicReferenceArray<byte @Nullable []> blocks;
  private final AtomicReferenceArray<@Nullable RingEntry> whole;
  private final AtomicLong wholeBytes = new AtomicLong();

  /** Whole events before this position were dropped or overwritten. */
  private final AtomicLong wholeFrom = new AtomicLong();

  /** Zero before the slot's first write, odd during a write, otherwise even. */
  private final AtomicIntegerArray stamps;

  private final StackTable stacks;
  private final AtomicLong next = new AtomicLong();
  private final int mask;
  private final int wholeMaxPacking;
  private final int eventMaxBytes;
  private volatile int wholeMaxBytes;
  private volatile boolean packsNew;

  /**
   * @param capacity in events, a power of two
   * @param wholeMaxBytes for events that do not fit in a slot, after the start
   */
  EventRing(int capacity, int wholeMaxBytes, StackTable stacks) {
    if (Integer.bitCount(capacity) != 1) {
      throw new IllegalArgumentException("not a power of two: " + capacity);
    }
    blocks = new AtomicReferenceArray<>((capacity + BLOCK_SLOTS - 1) / BLOCK_SLOTS);
    whole = new AtomicReferenceArray<>(capacity);
    stamps = new AtomicIntegerArray(capacity);
    mask = capacity - 1;
    this.stacks = stacks;
    this.wholeMaxPacking = wholeMaxBytes;
    this.eventMaxBytes = wholeMaxBytes / EVENT_FRACTION;
    this.wholeMaxBytes = wholeMaxBytes + capacity * SLOT_BYTES;
  }

  /** Packs new events from now on; {@link #packHeld} packs the existing ones. */
  void packNew() {
    packsNew = true;
  }

  /**
   * Packs the events that were kept whole.
   *
   * @param pause runs after each block in which an event was packed
   */
  void packHeld(Runnable pause) {
    for (int block = 0; block < blocks.length(); block++) {
      if (packBlock(block * BLOCK_SLOTS)) {
        pause.run();
      }
    }
    wholeMaxBytes = wholeMaxPacking;
    makeRoom();
  }

  private boolean packBlock(int from) {
    boolean packed = false;
    for (int slot = from; slot < Math.min(from + BLOCK_SLOTS, whole.length()); slot++) {
      int stamp = stamps.get(slot);
      RingEntry ringEntry = whole.get(slot);
      if (ringEntry != null
          && pack(ringEntry.event(stacks.view()), ringEntry.stack(), slot, stamp)) {
        remove(slot, ringEntry);
        packed = true;
      }
    }
    return packed;
  }

  StackTable stacks() {
    return stacks;
  }

  /** Adds a note without packing it. */
  void add(ClassLoadNote note) {
    put((int) next.getAndIncrement() & mask, note);
  }

  /**
   * Adds an event.
   *
   * @param stack its number in {@link #stacks}
   */
  void add(AgentEvent event, long stack) {
    int slot = (int) next.getAndIncrement() & mask;
    RingEntry before = whole.getAcquire(slot);
    if (!packsNew || !pack(event, stack, slot, stamps.get(slot))) {
      put(slot, WholeEvent.of(event, stack, eventMaxBytes));
    } else if (before != null && before.sequence() < event.sequence()) {
      remove(slot, before);
    }
  }

  /** Adds the current events to {@code held}, in no particular order. */
  void copyTo(HeldEvents held) {
    ByteBuffer copy = ByteBuffer.allocate(SLOT_BYTES);
    List<RingEntry> others = new ArrayList<>();
    for (int slot = 0; slot < whole.length(); slot++) {
      RingEntry ringEntry = whole.get(slot);
      long packed = copyPacked(slot, copy) ? PackedEvent.sequence(copy) : -1;
      if (ringEntry != null && ringEntry.sequence() >= packed) {
        others.add(ringEntry);
      } else if (packed >= 0) {
        held.keep(packed, copy.array());
      }
    }
    held.endRing(others, stacks.view());
  }

  /** Number of events that were added and are no longer held. */
  long overwritten() {
    long added = next.get();
    int held = 0;
    for (int slot = 0; slot < whole.length(); slot++) {
      if (whole.get(slot) != null || isPacked(slot)) {
        held++;
      }
    }
    return Math.max(0, added - held);
  }

  /** Approximate heap bytes of the ring, without the stacks. */
  long heldBytes() {
    long bytes = wholeBytes.get() + (long) whole.length() * SLOT_REFERENCE_BYTES;
    for (int index = 0; index < blocks.length(); index++) {
      if (blocks.get(index) != null) {
        bytes += BLOCK_SLOTS * SLOT_BYTES;
      }
    }
    return bytes;
  }

  /** Approximate bytes of the whole events. */
  long wholeBytes() {
    return wholeBytes.get();
  }

  private void put(int slot, RingEntry ringEntry) {
    RingEntry before = whole.getAndSet(slot, ringEntry);
    int more = before == null ? ringEntry.bytes() : ringEntry.bytes() - before.bytes();
    if (wholeBytes.addAndGet(more) > wholeMaxBytes) {
      makeRoom();
    }
  }

  /** Drops the oldest whole events until the others are within the limit. */
  private void makeRoom() {
    while (wholeBytes.get() > wholeMaxBytes) {
      long from = wholeFrom.get();
      long end = next.get();
      long oldest = Math.max(from, end - whole.length());
      if (oldest >= end) {
        return;
      }
      if (wholeFrom.compareAndSet(from, oldest + 1)) {
        RingEntry dropped = whole.getAndSet((int) oldest & mask, null);
        if (dropped != null) {
          wholeBytes.addAndGet(-dropped.bytes());
        }
      }
    }
  }

  private void remove(int slot, RingEntry ringEntry) {
    if (whole.compareAndSet(slot, ringEntry, null)) {
      wholeBytes.addAndGet(-ringEntry.bytes());
    }
  }

  /**
   * Writes the event into its slot's bytes, unless a newer one is there.
   *
   * @param stamp the slot's stamp, read before the slot
   * @return true if the slot's bytes now hold this event or a newer one
   */
  private boolean pack(AgentEvent event, long stack, int slot, int stamp) {
    ByteBuffer bytes = bytes(slot);
    if (isOdd(stamp) || !stamps.compareAndSet(slot, stamp, stamp + 1)) {
      return false;
    }
    try {
      boolean written = stamp != 0 && PackedEvent.sequence(bytes) > event.sequence();
      if (!written) {
        // No reader may see the new bytes under the old stamp.
        VarHandle.storeStoreFence();
        written = PackedEvent.write(event, stack, bytes);
      }
      return written;
    } finally { // without memory too: the slot would never be written again
      stamps.setRelease(slot, stamp + 2);
    }
  }

  private boolean isPacked(int slot) {
    int stamp = stamps.get(slot);
    return stamp != 0 && (isOdd(stamp) || PackedEvent.sequence(bytes(slot)) >= 0);
  }

  /** Copies the slot's bytes; false if no consistent copy was possible. */
  private boolean copyPacked(int slot, ByteBuffer copy) {
    for (int attempt = 0; attempt < READ_ATTEMPTS; attempt++) {
      int stamp = stamps.get(slot);
      if (stamp == 0 || isOdd(stamp)) {
        return false;
      }
      copy.clear().put(bytes(slot)).flip();
      VarHandle.acquireFence();
      if (stamps.get(slot) == stamp) {
        return true;
      }
    }
    return false;
  }

  private static boolean isOdd(int stamp) {
    return (stamp & 1) != 0;
  }

  private ByteBuffer bytes(int slot) {
    int index = slot / BLOCK_SLOTS;
    byte[] block = blocks.get(index);
    if (block == null) {
      blocks.compareAndSet(index, null, new byte[BLOCK_SLOTS * SLOT_BYTES]);
      block = blocks.get(index);
    }
    return ByteBuffer.wrap(block, slot % BLOCK_SLOTS * SLOT_BYTES, SLOT_BYTES);
  }
}
