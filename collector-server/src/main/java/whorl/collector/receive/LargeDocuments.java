package whorl.collector.receive;

import java.util.concurrent.locks.ReentrantLock;

/**
 * Large documents are read one at a time: as objects they take many times their bytes, and many of
 * them at once would take all of the memory. Thread-safe.
 */
final class LargeDocuments {
  private static final long SMALL_MAX_BYTES = 256 << 10;

  private final ReentrantLock lock = new ReentrantLock(true);

  /** While this is open, the document may be read. */
  interface Turn extends AutoCloseable {
    @Override
    void close();
  }

  /**
   * Waits until no other large document is read, where this one is large.
   *
   * @param bytes that it has
   */
  Turn await(long bytes) {
    if (bytes <= SMALL_MAX_BYTES) {
      return () -> {};
    }
    lock.lock();
    return lock::unlock;
  }
}
