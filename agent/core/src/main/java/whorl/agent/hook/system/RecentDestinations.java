package whorl.agent.hook.system;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Remembers by hash where datagrams went of late, so that a stream of them is one event. Two
 * targets that collide only make an event more.
 */
final class RecentDestinations {
  private static final int SLOTS = 256;
  private static final long FORGET_NANOS = 10_000_000_000L;

  /** High half: the hash; low half: seconds. */
  private final AtomicLongArray slots = new AtomicLongArray(SLOTS);

  boolean isNew(int hash) {
    int index = (hash ^ hash >>> 16) & (SLOTS - 1);
    int now = (int) (System.nanoTime() / FORGET_NANOS);
    long entry = ((long) hash << 32) | (now & 0xffff_ffffL);
    long before = slots.get(index);
    if (before == entry) {
      return false;
    }
    slots.set(index, entry);
    return true;
  }
}
