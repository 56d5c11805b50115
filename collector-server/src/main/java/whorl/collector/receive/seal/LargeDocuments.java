package whorl.collector.receive.seal;

import java.util.concurrent.locks.ReentrantLock;

/**
 * Lets only one large document be parsed at a time: the parsed objects take many times the
 * document's bytes, and several at once could exhaust the memory. Thread-safe.
 */
final class LargeDocuments {
  private static final long SMALL_MAX_BYTES = 256 << 10;

  private final ReentrantLock lock = new ReentrantLock(true);

  /** The permission to parse one document, until it is closed. */
  interface Turn extends AutoCloseable {
    @Override
    void close();
  }

  /**
   * Waits until no other large document is being parsed. Returns at once for a small document.
   *
   * @param bytes the document's size
   */
  Turn await(long bytes) {
    if (bytes <= SMALL_MAX_BYTES) {
      return () -> {};
    }
    lock.lock();
    return lock::unlock;
  }
}
