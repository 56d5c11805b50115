package whorl.agent.console;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The newest of what was written to standard output and error, in the order in which it was
 * written. Bounded in bytes, the bookkeeping counted; what has to go is counted too. Without a
 * lock: the application's threads add to it while they hold their own.
 */
public final class ConsoleRing {
  /** What one write takes beside its bytes, about. */
  static final int BESIDE_BYTES = 96;

  /** Writers that left a line open when they were last dropped; most end every line. */
  private static final int OPEN_MAX = 1024;

  private final long maxBytes;
  private final Queue<Written> ring = new ConcurrentLinkedQueue<>();
  private final AtomicLong held = new AtomicLong();
  private final AtomicLong writesDropped = new AtomicLong();
  private final AtomicLong bytesDropped = new AtomicLong();

  /**
   * By writer, when it wrote what was dropped last, where that line goes on in what is held. Only
   * numbers, so that nothing that was dropped stays in memory.
   */
  private final Map<Long, Long> open = new ConcurrentHashMap<>();

  private volatile boolean moreOpen;

  /**
   * @param maxBytes of memory, about
   */
  public ConsoleRing(long maxBytes) {
    this.maxBytes = maxBytes;
  }

  /** Called on the writing thread. */
  public void add(Written written) {
    ring.add(written);
    if (written.leftOut() > 0) {
      bytesDropped.addAndGet(written.leftOut());
    }
    long now = held.addAndGet(size(written));
    while (now > maxBytes) {
      Written oldest = ring.poll();
      if (oldest == null) {
        return;
      }
      writesDropped.incrementAndGet();
      bytesDropped.addAndGet(oldest.bytes().length);
      dropped(oldest);
      now = held.addAndGet(-size(oldest));
    }
  }

  private void dropped(Written oldest) {
    if (!oldest.endsLine()) {
      if (open.size() < OPEN_MAX) {
        open.put(key(oldest), oldest.epochNanos());
      } else {
        moreOpen = true;
      }
    } else if (!open.isEmpty()) {
      open.remove(key(oldest));
    }
  }

  /**
   * Whether the line that {@code next} goes on with lacks a piece, which was dropped.
   *
   * @param last what is known to have been written before it; null when nothing is
   */
  public boolean lacksPiece(@Nullable Written last, Written next) {
    Long dropped = open.get(key(next));
    if (dropped == null) {
      return moreOpen && last == null;
    }
    return dropped < next.epochNanos() && (last == null || last.epochNanos() < dropped);
  }

  /** Writers that share one have a line less, which is no harm. */
  private static long key(Written written) {
    return (long) written.threadIdentity() << 1 | (written.err() ? 1 : 0);
  }

  /** What is held now, oldest first. */
  public List<Written> snapshot() {
    return new ArrayList<>(ring);
  }

  /** What is held now and was not yet when {@code last} was the newest; null for all. */
  public List<Written> since(@Nullable Written last) {
    List<Written> all = snapshot();
    for (int i = all.size() - 1; i >= 0; i--) {
      if (all.get(i) == last) {
        return all.subList(i + 1, all.size());
      }
    }
    return all;
  }

  /** What was dropped so far, by counter name. */
  public Map<String, Long> losses() {
    return Map.of(
        "console.writesDropped", writesDropped.get(), "console.bytesDropped", bytesDropped.get());
  }

  /** Of memory, about. */
  public long heldBytes() {
    return held.get();
  }

  private static long size(Written written) {
    return written.bytes().length + BESIDE_BYTES + 2L * written.thread().length();
  }
}
