package whorl.agent.hook.code;

import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Generated classes of one kind, with a limit of their own: those that wait to be compressed, added
 * without a lock by the threads that define them, and stored ones, guarded by the monitor of {@link
 * GeneratedClasses}. All that are refused are counted.
 */
final class KeptClasses {
  /** A larger class file is not kept. */
  static final int CLASS_MAX_BYTES = 1 << 20;

  private static final int WAITING_MAX_ENTRIES = 8192;
  private static final int STORED_MAX_ENTRIES = 2048;
  private static final long MUCH_BYTES = 256 << 10;

  private final ClassBytes stored;
  private final long waitingMaxBytes;
  private final ConcurrentLinkedQueue<Waiting> waiting = new ConcurrentLinkedQueue<>();
  private final AtomicLong waitingBytes = new AtomicLong();
  private final AtomicInteger waitingEntries = new AtomicInteger();
  private final AtomicLong bytesRefused = new AtomicLong();
  private final AtomicLong entriesRefused = new AtomicLong();

  @SuppressWarnings("ArrayRecordComponent") // passed on once, never compared
  private record Waiting(GeneratedClass definition, byte @Nullable [] bytes) {}

  /**
   * @param storedMaxBytes limit for stored class files, compressed
   * @param waitingMaxBytes limit for those that wait
   */
  KeptClasses(long storedMaxBytes, long waitingMaxBytes) {
    this.stored = new ClassBytes(STORED_MAX_ENTRIES, storedMaxBytes);
    this.waitingMaxBytes = waitingMaxBytes;
  }

  /**
   * Adds a class, on the thread that defines it.
   *
   * @return true if so much waits that {@link #store} should be called soon
   */
  boolean keep(GeneratedClass definition, byte[] bytes) {
    if (waitingEntries.incrementAndGet() > WAITING_MAX_ENTRIES) {
      waitingEntries.decrementAndGet();
      refused();
      return false;
    }
    int entryBytes = ClassBytes.entryBytes(definition);
    if (waitingBytes.addAndGet(entryBytes) > waitingMaxBytes) {
      waitingBytes.addAndGet(-entryBytes);
      waitingEntries.decrementAndGet();
      refused();
      return false;
    }
    long reserved = entryBytes;
    boolean added = false;
    try {
      byte[] kept = null;
      if (bytes.length <= CLASS_MAX_BYTES) {
        reserved += bytes.length;
        if (waitingBytes.addAndGet(bytes.length) <= waitingMaxBytes) {
          kept = bytes.clone();
        } else {
          waitingBytes.addAndGet(-bytes.length);
          reserved -= bytes.length;
        }
      }
      if (kept == null) {
        bytesRefused.incrementAndGet();
      }
      added = waiting.add(new Waiting(definition, kept));
    } finally {
      if (!added) { // no memory, or a StackOverflowError
        waitingBytes.addAndGet(-reserved);
        waitingEntries.decrementAndGet();
        refused();
      }
    }
    return waitingBytes.get() > MUCH_BYTES;
  }

  private void refused() {
    entriesRefused.incrementAndGet();
    bytesRefused.incrementAndGet();
  }

  /** Compresses and stores what waits. */
  void store() {
    for (Waiting next = waiting.poll(); next != null; next = waiting.poll()) {
      waitingEntries.decrementAndGet();
      waitingBytes.addAndGet(-ClassBytes.entryBytes(next.definition()));
      byte[] bytes = next.bytes();
      if (bytes != null) {
        waitingBytes.addAndGet(-bytes.length);
      }
      stored.add(next.definition(), bytes);
    }
  }

  /** The stored classes. */
  ClassBytes stored() {
    return stored;
  }

  /** The approximate bytes of classes that wait. */
  long waitingBytes() {
    return waitingBytes.get();
  }

  /** Classes whose bytes could not be kept. */
  long withoutBytes() {
    return bytesRefused.get() + stored.contentsDropped();
  }

  /** Classes that left no trace, not even of their definition. */
  long forgotten() {
    return entriesRefused.get() + stored.dropped();
  }
}
