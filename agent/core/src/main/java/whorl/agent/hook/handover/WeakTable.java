package whorl.agent.hook.handover;

import java.lang.ref.WeakReference;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
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
  private final AtomicInteger held = new AtomicInteger();

  /**
   * How many notes there are of objects of a class, by a hash of the class: most objects that are
   * asked for are told by it, without an identity hash, which must be made first.
   */
  private final AtomicIntegerArray ofKind = new AtomicIntegerArray(KINDS);

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
    final int kind;
    final long madeNanos = System.nanoTime();

    Note(Object key, V value) {
      super(key);
      this.kind = kind(key);
      this.value = value;
    }
  }

  /** Whether there is nothing to be found; one read. */
  public boolean isEmpty() {
    return held.get() == 0;
  }

  /** Notes it, in place of what was noted of the object before. */
  public void put(Object key, V value) {
    Note<V> note = new Note<>(key, value);
    int row = row(key);
    ofKind.incrementAndGet(note.kind);
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      int place = placeFor(key, row);
      Note<V> before = notes.get(place);
      if (notes.compareAndSet(place, before, note)) {
        if (before == null) {
          held.incrementAndGet();
        } else {
          ofKind.decrementAndGet(before.kind);
          if (!before.refersTo(null) && !before.refersTo(key)) {
            lost.incrementAndGet();
          }
        }
        return;
      }
    }
    ofKind.decrementAndGet(note.kind);
    lost.incrementAndGet();
  }

  /** What is noted of the object; null when nothing is. */
  public @Nullable V get(Object key) {
    if (isEmpty() || ofKind.get(kind(key)) == 0) {
      return null;
    }
    int place = find(key, row(key));
    Note<V> note = place < 0 ? null : notes.get(place);
    return note != null && note.refersTo(key) ? note.value : null;
  }

  /** What is noted of the object, and not any more from now on. */
  public @Nullable V remove(Object key) {
    if (isEmpty() || ofKind.get(kind(key)) == 0) {
      return null;
    }
    int place = find(key, row(key));
    Note<V> note = place < 0 ? null : notes.get(place);
    if (note == null || !note.refersTo(key) || !notes.compareAndSet(place, note, null)) {
      return null;
    }
    held.decrementAndGet();
    ofKind.decrementAndGet(note.kind);
    return note.value;
  }

  /** Lets go of notes of objects that are gone; any thread, now and then. */
  public void tidy() {
    for (int place = 0; place < notes.length() && !isEmpty(); place++) {
      Note<V> note = notes.get(place);
      if (note != null && note.refersTo(null) && notes.compareAndSet(place, note, null)) {
        held.decrementAndGet();
        ofKind.decrementAndGet(note.kind);
      }
    }
  }

  /** Notes that are held. */
  int size() {
    return held.get();
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

  private int find(Object key, int row) {
    for (int place = row; place < row + PLACES; place++) {
      Note<V> note = notes.get(place);
      if (note != null && note.refersTo(key)) {
        return place;
      }
    }
    return -1;
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
