package whorl.agent.event;

import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * The newest events in memory: written by any thread without a lock, overwriting the oldest. It is
 * bounded in events and in bytes, whatever the events hold.
 *
 * <p>An event is packed into its slot's bytes if it fits. Otherwise it is kept {@link WholeEvent
 * whole}; the oldest whole events go when they take more bytes than are allowed. Stacks are kept
 * apart, each once. The bytes of neighbouring slots are one block, made when the first of them is
 * wanted.
 *
 * <p>At the start every event is kept whole, because packing takes longer as long as nothing is
 * compiled. The slots have no bytes then, and the whole events may take what the slots do not. They
 * stay whole until the rules have seen them, a second or so after the start.
 */
final class EventRing {
  static final int SLOT_BYTES = 320;
  private static final int BLOCK_SLOTS = 64;
  private static final int READ_ATTEMPTS = 3;

  /** A slot's stamp and its reference to a whole event. */
  private static final int PLACE_BYTES = 8;

  /** Of the bytes for whole events, what one of them takes at most before its texts are cut. */
  private static final int ONE_PART = 8;

  private final AtomicReferenceArray<byte @Nullable []> blocks;
  private final AtomicReferenceArray<@Nullable RingEntry> whole;
  private final AtomicLong wholeBytes = new AtomicLong();

  /** Whole events before this position have gone, if they were not overwritten. */
  private final AtomicLong wholeFrom = new AtomicLong();

  /** Zero before a slot's bytes were written, odd while they are, another even number after. */
  private final AtomicIntegerArray stamps;

  private final StackTable stacks;
  private final AtomicLong next = new AtomicLong();
  private final int mask;
  private final int wholeMaxPacking;
  private final int oneMaxBytes;
  private volatile int wholeMaxBytes;
  private volatile boolean packs;

  /**
   * @param capacity in events, a power of two
   * @param wholeMaxBytes for events that do not fit in a slot, once the start is over
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
    this.oneMaxBytes = wholeMaxBytes / ONE_PART;
    this.wholeMaxBytes = wholeMaxBytes + capacity * SLOT_BYTES;
  }

  /** From now on events are packed; those that are there wait for {@link #packHeld}. */
  void packNew() {
    packs = true;
  }

  /**
   * Packs the events that were kept whole.
   *
   * @param pause runs after each block in which there were any
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
    boolean any = false;
    for (int slot = from; slot < Math.min(from + BLOCK_SLOTS, whole.length()); slot++) {
      int stamp = stamps.get(slot);
      RingEntry ringEntry = whole.get(slot);
      if (ringEntry != null
          && pack(ringEntry.event(stacks.view()), ringEntry.stack(), slot, stamp)) {
        remove(slot, ringEntry);
        any = true;
      }
    }
    return any;
  }

  StackTable stacks() {
    return stacks;
  }

  /** Keeps it as it is. */
  void add(ClassLoadNote note) {
    put((int) next.getAndIncrement() & mask, note);
  }

  /**
   * Keeps an event.
   *
   * @param stack its number in {@link #stacks}
   */
  void add(AgentEvent event, long stack) {
    int slot = (int) next.getAndIncrement() & mask;
    RingEntry before = whole.getAcquire(slot);
    if (!packs || !pack(event, stack, slot, stamps.get(slot))) {
      put(slot, WholeEvent.of(event, stack, oneMaxBytes));
    } else if (before != null && before.sequence() < event.sequence()) {
      remove(slot, before);
    }
  }

  /** Adds what is held now, in no certain order. */
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

  /** How many events were added and are not held any more. */
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

  /** About how many bytes of the heap all takes, the stacks aside. */
  long heldBytes() {
    long bytes = wholeBytes.get() + (long) whole.length() * PLACE_BYTES;
    for (int index = 0; index < blocks.length(); index++) {
      if (blocks.get(index) != null) {
        bytes += BLOCK_SLOTS * SLOT_BYTES;
      }
    }
    return bytes;
  }

  /** About how many bytes the whole events take. */
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

  /** Lets go of the oldest whole events until the others are within bounds. */
  private void makeRoom() {
    while (wholeBytes.get() > wholeMaxBytes) {
      long from = wholeFrom.get();
      long end = next.get();
      long oldest = Math.max(from, end - whole.length());
      if (oldest >= end) {
        return;
      }
      if (wholeFrom.compareAndSet(from, oldest + 1)) {
        RingEntry gone = whole.getAndSet((int) oldest & mask, null);
        if (gone != null) {
          wholeBytes.addAndGet(-gone.bytes());
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
   * @param stamp the slot's, before it was looked at
   * @return whether the slot's bytes now hold it or a newer one
   */
  private boolean pack(AgentEvent event, long stack, int slot, int stamp) {
    if (isOdd(stamp) || !stamps.compareAndSet(slot, stamp, stamp + 1)) {
      return false;
    }
    ByteBuffer bytes = bytes(slot);
    boolean written = stamp != 0 && PackedEvent.sequence(bytes) > event.sequence();
    if (!written) {
      // No reader may see the new bytes under the stamp of the old ones.
      VarHandle.storeStoreFence();
      written = PackedEvent.write(event, stack, bytes);
    }
    stamps.setRelease(slot, stamp + 2);
    return written;
  }

  private boolean isPacked(int slot) {
    int stamp = stamps.get(slot);
    return stamp != 0 && (isOdd(stamp) || PackedEvent.sequence(bytes(slot)) >= 0);
  }

  /** Whether the slot's bytes could be had as they were at one moment. */
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
