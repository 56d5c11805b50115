package whorl.agent.event.request;

import java.lang.ref.WeakReference;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;
import whorl.event.RequestContext;

/**
 * Remembers which request started a thread, from the start until the thread first reads it, because
 * a thread may be made so that it inherits nothing. Compares threads by identity and does not keep
 * them alive. No locks. If all slots of a thread's row are taken, the oldest note is dropped and
 * counted.
 */
final class StartedThreads {
  private static final int SLOTS_PER_ROW = 8;
  private static final int ROWS = 256;

  private final AtomicReferenceArray<@Nullable Note> notes =
      new AtomicReferenceArray<>(ROWS * SLOTS_PER_ROW);
  private final AtomicInteger held = new AtomicInteger();
  private final AtomicLong turn = new AtomicLong();
  private final AtomicLong lost = new AtomicLong();

  private static final class Note extends WeakReference<Thread> {
    final RequestContext request;
    final long turn;

    Note(Thread thread, RequestContext request, long turn) {
      super(thread);
      this.request = request;
      this.turn = turn;
    }
  }

  /** Notes that the thread is about to be started for this request. */
  void add(Thread thread, RequestContext request) {
    Note note = new Note(thread, request, turn.getAndIncrement());
    int row = row(thread);
    int slot = row;
    long oldest = Long.MAX_VALUE;
    for (int i = row; i < row + SLOTS_PER_ROW; i++) {
      Note existing = notes.get(i);
      if (existing == null || existing.refersTo(null) || existing.refersTo(thread)) {
        slot = i;
        break;
      }
      if (existing.turn < oldest) {
        oldest = existing.turn;
        slot = i;
      }
    }
    Note before = notes.getAndSet(slot, note);
    if (before == null) {
      held.incrementAndGet();
    } else if (!before.refersTo(null) && !before.refersTo(thread)) {
      lost.incrementAndGet();
    }
  }

  /** Returns and removes the request that started the thread. */
  @Nullable RequestContext take(Thread thread) {
    if (held.get() == 0) {
      return null;
    }
    int row = row(thread);
    for (int i = row; i < row + SLOTS_PER_ROW; i++) {
      Note note = notes.get(i);
      if (note != null && note.refersTo(thread) && notes.compareAndSet(i, note, null)) {
        held.decrementAndGet();
        return note.request;
      }
    }
    return null;
  }

  /** Number of threads whose request was dropped. */
  long lost() {
    return lost.get();
  }

  private static int row(Thread thread) {
    return (System.identityHashCode(thread) * 0x9E3779B9 >>> 24) * SLOTS_PER_ROW;
  }
}
