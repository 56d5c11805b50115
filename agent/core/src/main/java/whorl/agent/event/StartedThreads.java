package whorl.agent.event;

import java.lang.ref.WeakReference;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Which request started a thread, from the start until the thread first asks: a thread may be made
 * so that it inherits nothing. Threads are known by identity and are not kept alive. No locks; when
 * all places of a thread are taken, the note that lies longest goes and is counted.
 */
final class StartedThreads {
  private static final int PLACES = 8;
  private static final int ROWS = 256;

  private final AtomicReferenceArray<@Nullable Note> notes =
      new AtomicReferenceArray<>(ROWS * PLACES);
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

  /** The thread is about to be started for this request. */
  void add(Thread thread, RequestContext request) {
    Note note = new Note(thread, request, turn.getAndIncrement());
    int row = row(thread);
    int place = row;
    long oldest = Long.MAX_VALUE;
    for (int i = row; i < row + PLACES; i++) {
      Note there = notes.get(i);
      if (there == null || there.refersTo(null) || there.refersTo(thread)) {
        place = i;
        break;
      }
      if (there.turn < oldest) {
        oldest = there.turn;
        place = i;
      }
    }
    Note before = notes.getAndSet(place, note);
    if (before == null) {
      held.incrementAndGet();
    } else if (!before.refersTo(null) && !before.refersTo(thread)) {
      lost.incrementAndGet();
    }
  }

  /** The request that started the thread, once. */
  @Nullable RequestContext take(Thread thread) {
    if (held.get() == 0) {
      return null;
    }
    int row = row(thread);
    for (int i = row; i < row + PLACES; i++) {
      Note note = notes.get(i);
      if (note != null && note.refersTo(thread) && notes.compareAndSet(i, note, null)) {
        held.decrementAndGet();
        return note.request;
      }
    }
    return null;
  }

  /** Threads whose request was forgotten. */
  long lost() {
    return lost.get();
  }

  private static int row(Thread thread) {
    return (System.identityHashCode(thread) * 0x9E3779B9 >>> 24) * PLACES;
  }
}
