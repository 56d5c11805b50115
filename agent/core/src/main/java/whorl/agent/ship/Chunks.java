package whorl.agent.ship;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The few buffers between the thread that writes an artifact and the one that sends it. The writer
 * waits only when all of them hold what the collector does not have yet. Safe for these two threads
 * and any that ends it.
 */
final class Chunks {
  static final int COUNT = 4;

  private final Deque<Chunk> free = new ArrayDeque<>(COUNT);
  private final Deque<Chunk> filled = new ArrayDeque<>(COUNT);
  private int made;
  private boolean news;
  private boolean complete;
  private @Nullable IOException failure;

  /**
   * A buffer to write into.
   *
   * @throws IOException when there is nobody left who would send it
   */
  synchronized Chunk take() throws IOException, InterruptedException {
    while (failure == null && free.isEmpty() && made == COUNT) {
      wait();
    }
    throwFailure();
    Chunk chunk = free.poll();
    if (chunk == null) {
      chunk = new Chunk();
      made++;
    }
    return chunk;
  }

  synchronized void handOver(Chunk chunk) throws IOException {
    throwFailure();
    filled.add(chunk);
    tell();
  }

  /** The next to be sent; null when there is none yet. */
  synchronized @Nullable Chunk next() {
    return filled.poll();
  }

  /** The collector has it. */
  synchronized void giveBack(Chunk chunk) {
    free.add(chunk);
    notifyAll();
  }

  /** There is something new for the sender, such as an answer. */
  synchronized void tell() {
    news = true;
    notifyAll();
  }

  /**
   * For the sender: waits until it was told something, or {@code nanos} have passed.
   *
   * @return false when nothing came
   * @throws IOException when somebody has ended it
   */
  synchronized boolean awaitNews(long nanos) throws IOException, InterruptedException {
    long end = System.nanoTime() + nanos;
    long left = nanos;
    while (!news && failure == null && left > 0) {
      TimeUnit.NANOSECONDS.timedWait(this, left);
      left = end - System.nanoTime();
    }
    throwFailure();
    boolean told = news;
    news = false;
    return told;
  }

  /** The collector has all of it. */
  synchronized void complete() {
    complete = true;
    notifyAll();
  }

  /** Waits until the collector has all, or it has failed. */
  synchronized void awaitComplete() throws IOException, InterruptedException {
    while (!complete && failure == null) {
      wait();
    }
    if (!complete) {
      throwFailure();
    }
  }

  /** Ends it for everybody; the first reason counts. */
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
      // Another exception each time: it is thrown on several threads.
      throw new IOException(failure.getMessage(), failure);
    }
  }
}
