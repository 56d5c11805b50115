package whorl.agent.hook.handover;

import java.lang.ref.WeakReference;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * What is noted of objects, by their identity, without keeping them and without a lock: a table of
 * rows of eight places. An object's row follows from its identity hash; when it is full, the oldest
 * note of the row is let go and counted.
 *
 * @param <V> what is noted
 */
public final class WeakTable<V> {
  private static final int PLACES = 8;
  private static final int ATTEMPTS = 4;
  private static final int KINDS = 256;

  private final AtomicReferenceArray<@Nullable Note<V>> notes;
  private final int rowBits;

  /**
   * Whether an object of a class was ever noted, by a hash of the class: most objects that are
   * asked for are told by it, without an identity hash, which must be made first. Plain reads and
   * writes: a thread that gets the object after it was noted sees the note's kind too.
   */
  private final boolean[] kinds = new boolean[KINDS];

  private final AtomicLong lost = new AtomicLong();

  /**
   * @param rowBits binary logarithm of the number of rows; 11 are 16,384 notes
   */
  public WeakTable(int rowBits) {
    this.rowBits = rowBits;
    this.notes = new AtomicReferenceArray<>(PLACES << rowBits);
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
   * Notes it, in place of what was noted of the object before.
   *
   * @return whether something was
   */
  public boolean put(Object key, V value) {
    int kind = kind(key);
    if (!kinds[kind]) {
      kinds[kind] = true;
    }
    Note<V> note = new Note<>(key, value);
    int row = row(key);
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      int place = placeFor(key, row);
      Note<V> before = notes.get(place);
      if (notes.compareAndSet(place, before, note)) {
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

  /** What is noted of the object; null when nothing is. */
  public @Nullable V get(Object key) {
    if (!kinds[kind(key)]) {
      return null;
    }
    int row = row(key);
    for (int place = row; place < row + PLACES; place++) {
      Note<V> note = notes.get(place);
      if (note != null && note.refersTo(key)) {
        return note.value;
      }
    }
    return null;
  }

  /** What is noted of the object, and not any more from now on. */
  public @Nullable V remove(Object key) {
    if (!kinds[kind(key)]) {
      return null;
    }
    int row = row(key);
    for (int place = row; place < row + PLACES; place++) {
      Note<V> note = notes.get(place);
      if (note != null && note.refersTo(key)) {
        return notes.compareAndSet(place, note, null) ? note.value : null;
      }
    }
    return null;
  }

  /** Lets go of notes of objects that are gone; any thread, now and then. */
  public void tidy() {
    for (int place = 0; place < notes.length(); place++) {
      Note<V> note = notes.get(place);
      if (note != null && note.refersTo(null)) {
        notes.compareAndSet(place, note, null);
      }
    }
  }

  /** Notes that are held. */
  int size() {
    int held = 0;
    for (int place = 0; place < notes.length(); place++) {
      held += notes.get(place) == null ? 0 : 1;
    }
    return held;
  }

  /** Notes that were let go while their objects were still there. */
  public long lost() {
    return lost.get();
  }

  private static int kind(Object key) {
    int hash = key.getClass().hashCode();
    return (hash ^ hash >>> 8 ^ hash >>> 16) & (KINDS - 1);
  }

  private int row(Object key) {
    int hash = System.identityHashCode(key) * 0x9E3779B9;
    return (rowBits == 0 ? 0 : hash >>> (Integer.SIZE - rowBits)) * PLACES;
  }

  /** Its own place, else a free one, else one of an object that is gone, else the oldest. */
  private int placeFor(Object key, int row) {
    int free = -1;
    int oldest = row;
    long oldestNanos = 0;
    for (int place = row; place < row + PLACES; place++) {
      Note<V> note = notes.get(place);
      if (note == null || note.refersTo(null)) {
        free = free < 0 ? place : free;
      } else if (note.refersTo(key)) {
        return place;
      } else if (place == row || note.madeNanos - oldestNanos < 0) {
        oldest = place;
        oldestNanos = note.madeNanos;
      }
    }
    return free < 0 ? oldest : free;
  }
}
