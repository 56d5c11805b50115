package whorl.agent.event;

import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * The newest events in memory: written by any thread without a lock, overwriting the oldest. Its
 * size in events bounds its size in bytes, since {@link EventSink} bounds each event.
 *
 * <p>An event is packed into its slot's bytes where that can be done, and kept as it is else, as
 * all are at first, some of them as no more than a {@link Kept note}. The bytes of neighbouring
 * slots are one block, made when the first of them is wanted.
 */
final class EventRing {
  static final int SLOT_BYTES = 320;
  private static final int BLOCK_SLOTS = 64;
  private static final int READ_ATTEMPTS = 3;

  private final AtomicReferenceArray<byte @Nullable []> blocks;
  private final AtomicReferenceArray<@Nullable Kept> whole;

  /** Zero before a slot's bytes were written, odd while they are, another even number after. */
  private final AtomicIntegerArray stamps;

  private final AtomicLong next = new AtomicLong();
  private final int mask;
  private volatile boolean packs;

  /**
   * @param capacity in events, a power of two
   */
  EventRing(int capacity) {
    if (Integer.bitCount(capacity) != 1) {
      throw new IllegalArgumentException("not a power of two: " + capacity);
    }
    blocks = new AtomicReferenceArray<>((capacity + BLOCK_SLOTS - 1) / BLOCK_SLOTS);
    whole = new AtomicReferenceArray<>(capacity);
    stamps = new AtomicIntegerArray(capacity);
    mask = capacity - 1;
  }

  /**
   * From now on events are packed. It takes longer than keeping them as long as nothing is
   * compiled, and is worth it for those that would be copied from collection to collection.
   */
  void pack() {
    packs = true;
  }

  /** Keeps it as it is. */
  void add(ClassLoadNote note) {
    whole.setRelease((int) next.getAndIncrement() & mask, note);
  }

  void add(AgentEvent event) {
    int slot = (int) next.getAndIncrement() & mask;
    Kept before = whole.getAcquire(slot);
    if (!pack(event, slot)) {
      whole.setRelease(slot, event);
    } else if (before != null && before.sequence() < event.sequence()) {
      whole.compareAndSet(slot, before, null);
    }
  }

  /** Adds what is held now, in no certain order. */
  void copyTo(HeldEvents held) {
    ByteBuffer copy = ByteBuffer.allocate(SLOT_BYTES);
    for (int slot = 0; slot < whole.length(); slot++) {
      Kept kept = whole.get(slot);
      long packed = copyPacked(slot, copy) ? PackedEvent.sequence(copy) : -1;
      if (kept != null && kept.sequence() >= packed) {
        held.keep(kept);
      } else if (packed >= 0) {
        held.keep(packed, copy.array());
      }
    }
  }

  /** How many were overwritten so far. */
  long overwritten() {
    return Math.max(0, next.get() - whole.length());
  }

  private boolean pack(AgentEvent event, int slot) {
    int stamp = stamps.get(slot);
    if (!packs
        || event.hasStack()
        || isOdd(stamp)
        || !stamps.compareAndSet(slot, stamp, stamp + 1)) {
      return false;
    }
    // Nobody may see the new bytes under the stamp of the old ones.
    VarHandle.storeStoreFence();
    boolean written = PackedEvent.write(event, bytes(slot));
    stamps.setRelease(slot, stamp + 2);
    return written;
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
