package whorl.agent.hook.code;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import whorl.agent.event.EventSink;
import whorl.agent.event.EventType;
import whorl.evidence.Digest;

/**
 * Classes made at run time: tells of them, and keeps their bytes, which exist nowhere else once the
 * process is gone. The newest are kept, up to a bound; what had to go is counted.
 */
public final class MadeClasses {
  private static final long KEPT_MAX_BYTES = 6L << 20;
  private static final int ONE_MAX_BYTES = 1 << 20;

  /** One class's name and bytes. */
  public record Kept(String className, Digest sha256, byte[] bytes) {}

  private final EventSink sink;

  /** Handed over without a lock by the defining threads; {@link #settle} orders them. */
  private final ConcurrentLinkedQueue<Kept> arrived = new ConcurrentLinkedQueue<>();

  private final AtomicLong arrivedBytes = new AtomicLong();
  private final AtomicLong dropped = new AtomicLong();
  private final Deque<Kept> kept = new ArrayDeque<>();
  private final Set<Digest> known = new HashSet<>();
  private long keptBytes;

  public MadeClasses(EventSink sink) {
    this.sink = sink;
  }

  /** A class was made; runs on the thread that did it. */
  public void defined(
      String className, @Nullable ClassLoader loader, String origin, byte[] bytes, boolean hidden) {
    Digest sha256 = Digest.of(bytes);
    keep(new Kept(className, sha256, bytes));
    sink.emit(
        EventType.CLASS_DEFINE,
        className,
        Loaders.text(loader),
        origin,
        (long) bytes.length,
        sha256.hex(),
        hidden);
  }

  /** What is kept now, oldest first, each content once. */
  public synchronized List<Kept> snapshot() {
    settle();
    return new ArrayList<>(kept);
  }

  /** Orders what has arrived; an agent thread calls it now and then. */
  public synchronized void settle() {
    for (Kept next = arrived.poll(); next != null; next = arrived.poll()) {
      arrivedBytes.addAndGet(-next.bytes().length);
      if (known.add(next.sha256())) {
        kept.addLast(next);
        keptBytes += next.bytes().length;
      }
      while (keptBytes > KEPT_MAX_BYTES) {
        Kept oldest = kept.removeFirst();
        known.remove(oldest.sha256());
        keptBytes -= oldest.bytes().length;
        dropped.incrementAndGet();
      }
    }
  }

  /** Classes whose bytes could not be kept. */
  public long dropped() {
    return dropped.get();
  }

  private void keep(Kept made) {
    int size = made.bytes().length;
    if (size > ONE_MAX_BYTES || arrivedBytes.addAndGet(size) > KEPT_MAX_BYTES) {
      if (size <= ONE_MAX_BYTES) {
        arrivedBytes.addAndGet(-size);
      }
      dropped.incrementAndGet();
      return;
    }
    arrived.add(new Kept(made.className(), made.sha256(), made.bytes().clone()));
  }
}
