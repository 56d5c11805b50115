package whorl.agent.hook.handover;

import java.lang.ref.WeakReference;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Notes about objects, by identity, without keeping the objects alive and without a lock. The table
 * has rows of eight slots. An object's row follows from its identity hash. If the row is full, its
 * oldest note is evicted and counted.
 *
 * @param <V> the type of a note
 */
public final class WeakTable<V> {
  private static final int SLOTS = 8;
  private static final int ATTEMPTS = 4;
  private static final int KINDS = 256;

  private final AtomicReferenceArray<@Nullable Note<V>> notes;
  private final int rowBits;

  /**
   * True if an object of a class was ever noted, by a hash of the class. This answers for most
   * objects without an identity hash, which would have to be created first. Plain reads and writes:
   * a thread that receives the object after it was noted sees this flag too.
   */
  private final boolean[] kinds = new boolean[KINDS];

  private final AtomicLong lost = new AtomicLong();

  /**
   * @param rowBits binary logarithm of the number of rows; 11 gives 16,384 notes
   */
  public WeakTable(int rowBits) {
    this.rowBits = rowBits;
    this.notes = new AtomicReferenceArray<>(SLOTS << rowBits);
  }

  private static final class Note<V> extends WeakReference<Object> {
    final V value;
    final long madeNanos = System.nanoTime();

    Note(Object key, V value) {
      super(key);
      this.value = value;
    }
  }

  /**
   * Adds a note, or replaces the object's earlier one.
   *
   * @return true if there was an earlier one
   */
  public boolean put(Object key, V value) {
    int kind = kind(key);
    if (!kinds[kind]) {
      kinds[kind] = true;
    }
    Note<V> note = new Note<>(key, value);
    int row = row(key);
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      int slot = slotFor(key, row);
      Note<V> before = notes.get(slot);
      if (notes.compareAndSet(slot, before, note)) {
        if (before == null || before.refersTo(null)) {
          return false;
        }
        if (before.refersTo(key)) {
          return true;
        }
        lost.incrementAndGet();
        return false;
      }
    }
    lost.incrementAndGet();
    return false;
  }

  /** The object's note; null if there is none. */
  public @Nullable V get(Object key) {
    if (!kinds[kind(key)]) {
      return null;
    }
    int row = row(key);
    for (int slot = row; slot < row + SLOTS; slot++) {
      Note<V> note = notes.get(slot);
      if (note != null && note.refersTo(key)) {
        return note.value;
      }
    }
    return null;
  }

  /** Removes and returns the object's note; null if there is none. */
  public @Nullable V remove(Object key) {
    if (!kinds[kind(key)]) {
      return null;
    }
    int row = row(key);
    for (int slot = row; slot < row + SLOTS; slot++) {
      Note<V> note = notes.get(slot);
      if (note != null && note.refersTo(key)) {
        return notes.compareAndSet(slot, note, null) ? note.value : null;
      }
    }
    return null;
  }

  /** Removes the notes of collected objects; any thread, now and then. */
  public void tidy() {
    for (int slot = 0; slot < notes.length(); slot++) {
      Note<V> note = notes.get(slot);
      if (note != null && note.refersTo(null)) {
        notes.compareAndSet(slot, note, null);
      }
    }
  }

  /** The number of notes in the table. */
  int size() {
    int count = 0;
    for (int slot = 0; slot < notes.length(); slot++) {
      count += notes.get(slot) == null ? 0 : 1;
    }
    return count;
  }

  /** Notes that were evicted while their objects still existed. */
  public long lost() {
    return lost.get();
  }

  private static int kind(Object key) {
    int hash = key.getClass().hashCode();
    return (hash ^ hash >>> 8 ^ hash >>> 16) & (KINDS - 1);
  }

  private int row(Object key) {
    int hash = System.identityHashCode(key) * 0x9E3779B9;
    return (rowBits == 0 ? 0 : hash >>> (Integer.SIZE - rowBits)) * SLOTS;
  }

  /** The object's own slot, else a free one, else that of a collected object, else the oldest. */
  private int slotFor(Object key, int row) {
    int free = -1;
    int oldest = row;
    long oldestNanos = 0;
    for (int slot = row; slot < row + SLOTS; slot++) {
      Note<V> note = notes.get(slot);
      if (note == null || note.refersTo(null)) {
        free = free < 0 ? slot : free;
      } else if (note.refersTo(key)) {
        return slot;
      } else if (slot == row || note.madeNanos - oldestNanos < 0) {
        oldest = slot;
        oldestNanos = note.madeNanos;
      }
    }
    return free < 0 ? oldest : free;
  }
}
