package whorl.agent.hook.code;

import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import whorl.agent.event.request.CurrentRequest;
import whorl.event.RequestContext;

/**
 * Classes with a named source, waiting for an agent thread to compare them with the class file
 * there, because a class loader may name any source. The defining thread copies the bytes and does
 * not wait. Classes beyond the limits are counted.
 */
public final class NamedSources {
  private static final int MAX_ENTRIES = 512;
  private static final long MAX_BYTES = 2 << 20;

  private final ConcurrentLinkedQueue<Named> waiting = new ConcurrentLinkedQueue<>();
  private final AtomicInteger entries = new AtomicInteger();
  private final AtomicLong heldBytes = new AtomicLong();
  private final AtomicLong refused = new AtomicLong();

  /** A class and its named source. */
  @SuppressWarnings("ArrayRecordComponent") // passed on once, never compared
  public record Named(
      String className,
      WeakReference<ClassLoader> loader,
      String codeSource,
      byte[] bytes,
      long epochMillis,
      long epochNanos,
      String thread,
      @Nullable RequestContext request,
      DefinitionStack stack) {}

  /** The result of a comparison with the source. */
  public enum Verdict {
    /** It has the same bytes. */
    SAME,
    /** It has the class, with other bytes. */
    DIFFERENT,
    /** It does not have the class. */
    ABSENT,
    /** It cannot be read. */
    UNKNOWN
  }

  /** Reads the sources. */
  public interface Places {
    /** One verdict for each class, in their order. */
    List<Verdict> compare(List<Named> named);
  }

  NamedSources() {}

  /** Adds a class; runs on the thread that defines it. */
  void add(
      String className,
      ClassLoader loader,
      String codeSource,
      byte[] bytes,
      long epochMillis,
      long epochNanos) {
    int count = entries.incrementAndGet();
    long held = heldBytes.addAndGet(bytes.length);
    if (count > MAX_ENTRIES || held > MAX_BYTES) {
      release(bytes);
      refused.incrementAndGet();
      return;
    }
    boolean added = false;
    try {
      added =
          waiting.add(
              new Named(
                  className,
                  new WeakReference<>(loader),
                  codeSource,
                  bytes.clone(),
                  epochMillis,
                  epochNanos,
                  Thread.currentThread().getName(),
                  CurrentRequest.get(),
                  DefinitionStack.here()));
    } finally {
      if (!added) { // no memory, or a StackOverflowError
        release(bytes);
        refused.incrementAndGet();
      }
    }
  }

  /** Removes and returns all classes that wait, oldest first. */
  List<Named> take() {
    List<Named> taken = new ArrayList<>();
    for (Named next = waiting.poll(); next != null; next = waiting.poll()) {
      release(next.bytes());
      taken.add(next);
    }
    return taken;
  }

  boolean isEmpty() {
    return waiting.isEmpty();
  }

  /** Classes that were not compared. */
  long refused() {
    return refused.get();
  }

  private void release(byte[] bytes) {
    entries.decrementAndGet();
    heldBytes.addAndGet(-bytes.length);
  }
}
