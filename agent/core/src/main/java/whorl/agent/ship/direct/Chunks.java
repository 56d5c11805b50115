package whorl.agent.ship.direct;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import whorl.agent.ship.tus.Chunk;

/**
 * The buffers between the thread that writes an artifact and the one that sends it. The writer
 * waits only if all buffers hold data that the collector has not acknowledged. Safe for these two
 * threads and any that ends the upload.
 */
final class Chunks {
  static final int COUNT = 4;

  private final Deque<Chunk> free = new ArrayDeque<>(COUNT);
  private final Deque<Chunk> filled = new ArrayDeque<>(COUNT);
  private final int chunkMaxBytes;
  private int allocated;
  private boolean signalled;
  private boolean complete;
  private @Nullable IOException failure;

  /**
   * @param chunkMaxBytes the size of a buffer
   */
  Chunks(int chunkMaxBytes) {
    this.chunkMaxBytes = chunkMaxBytes;
  }

  int chunkMaxBytes() {
    return chunkMaxBytes;
  }

  /**
   * Returns a buffer to write into.
   *
   * @throws IOException if the upload has failed
   */
  synchronized Chunk take() throws IOException, InterruptedException {
    while (failure == null && free.isEmpty() && allocated == COUNT) {
      wait();
    }
    throwFailure();
    Chunk chunk = free.poll();
    if (chunk == null) {
      chunk = new Chunk(chunkMaxBytes);
      allocated++;
    }
    return chunk;
  }

  synchronized void submit(Chunk chunk) throws IOException {
    throwFailure();
    filled.add(chunk);
    signal();
  }

  /** The next chunk to send; null if there is none yet. */
  synchronized @Nullable Chunk next() {
    return filled.poll();
  }

  /** Releases a chunk that the collector has acknowledged. */
  synchronized void release(Chunk chunk) {
    free.add(chunk);
    notifyAll();
  }

  /** Signals the sender, for example that an answer arrived. */
  synchronized void signal() {
    signalled = true;
    notifyAll();
  }

  /**
   * Lets the sender wait for a signal, or until {@code nanos} have passed.
   *
   * @return false if there was no signal
   * @throws IOException if the upload has failed
   */
  synchronized boolean awaitSignal(long nanos) throws IOException, InterruptedException {
    long end = System.nanoTime() + nanos;
    long remaining = nanos;
    while (!signalled && failure == null && remaining > 0) {
      TimeUnit.NANOSECONDS.timedWait(this, remaining);
      remaining = end - System.nanoTime();
    }
    throwFailure();
    boolean result = signalled;
    signalled = false;
    return result;
  }

  /** The collector has the whole artifact. */
  synchronized void complete() {
    complete = true;
    notifyAll();
  }

  /** Waits until the collector has the whole artifact, or the upload fails. */
  synchronized void awaitComplete() throws IOException, InterruptedException {
    while (!complete && failure == null) {
      wait();
    }
    if (!complete) {
      throwFailure();
    }
  }

  /** Ends the upload for both threads; the first reason counts. */
  synchronized void fail(IOException why) {
    if (failure == null) {
      failure = why;
    }
    notifyAll();
  }

  synchronized boolean isComplete() {
    return complete;
  }

  private void throwFailure() throws IOException {
    if (failure != null) {
      // A new exception each time, because it is thrown on several threads.
      throw new IOException(failure.getMessage(), failure);
    }
  }
}
