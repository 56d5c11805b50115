package whorl.agent.hook.console;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * The beginnings of lines whose ends are still to be written, a bounded number of them, without a
 * lock. If two threads collide in one slot, the earlier beginning is lost and its thread gets a
 * mark. This only costs events; the ring has all output.
 */
final class OpenLines {
  static final byte[] NOTHING = {};

  /** Limit of a line; the rest is left out. */
  static final int MAX_BYTES = 8 << 10;

  private static final int PLACES = 128;

  /** On a collision here a thread loses one more line, which does no harm. */
  private static final int LOST_PLACES = 1024;

  private record Beginning(int thread, boolean err, byte[] bytes) {
    boolean isOf(int otherThread, boolean otherErr) {
      return thread == otherThread && err == otherErr;
    }
  }

  private final AtomicReferenceArray<@Nullable Beginning> places =
      new AtomicReferenceArray<>(PLACES);
  private final AtomicIntegerArray lost = new AtomicIntegerArray(LOST_PLACES);

  OpenLines() {
    // Links the code here, and not on a thread of the application.
    put(0, false, NOTHING, NOTHING, 0, 0);
    markLost(0, false);
    take(0, false);
  }

  /**
   * Removes and returns the bytes of this thread's last {@link #put}.
   *
   * @return empty if there are none, null if they were lost
   */
  byte @Nullable [] take(int thread, boolean err) {
    int slot = place(thread, err, PLACES);
    Beginning found = places.get(slot);
    if (found != null && found.isOf(thread, err) && places.compareAndSet(slot, found, null)) {
      return found.bytes;
    }
    int lostPlace = place(thread, err, LOST_PLACES);
    return lost.get(lostPlace) != 0 && lost.getAndSet(lostPlace, 0) != 0 ? null : NOTHING;
  }

  /** Stores {@code before} with the bytes after it, cut at 8 KiB. */
  void put(int thread, boolean err, byte[] before, byte[] bytes, int from, int to) {
    Beginning beginning = new Beginning(thread, err, joined(before, bytes, from, to));
    Beginning other = places.getAndSet(place(thread, err, PLACES), beginning);
    if (other != null && !other.isOf(thread, err)) {
      markLost(other.thread, other.err);
    }
  }

  /** Marks that the rest of this thread's line lacks its beginning. */
  void markLost(int thread, boolean err) {
    int slot = place(thread, err, PLACES);
    Beginning found = places.get(slot);
    if (found != null && found.isOf(thread, err)) {
      places.compareAndSet(slot, found, null);
    }
    lost.set(place(thread, err, LOST_PLACES), 1);
  }

  static byte[] joined(byte[] before, byte[] bytes, int from, int to) {
    int kept = Math.max(0, Math.min(to - from, MAX_BYTES - before.length));
    byte[] line = Arrays.copyOf(before, before.length + kept);
    System.arraycopy(bytes, from, line, before.length, kept);
    return line;
  }

  private static int place(int thread, boolean err, int places) {
    return ((thread * 31) ^ (thread >>> 7) ^ (err ? 1 : 0)) & (places - 1);
  }
}
