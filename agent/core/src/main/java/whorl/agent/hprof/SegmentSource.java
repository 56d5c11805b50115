package whorl.agent.hprof;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Reads the segment stream only when data is available. A blocking read would miss the end of the
 * main stream, and would never return if another process holds the pipe's write end open.
 */
final class SegmentSource implements RecordInput.Source {
  private static final int YIELDS = 10;
  private static final long PAUSE_NANOS = 50_000;

  private final InputStream segment;
  private final MainQueue queue;
  private final long patienceMillis;

  SegmentSource(InputStream segment, MainQueue queue, long patienceMillis) {
    this.segment = segment;
    this.queue = queue;
    this.patienceMillis = patienceMillis;
  }

  boolean isReady() throws IOException {
    return segment.available() > 0;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    long stuckSince = 0;
    for (int idle = 0; ; idle++) {
      int ready = segment.available();
      if (ready > 0) {
        return segment.read(bytes, offset, Math.min(length, ready));
      }
      IOException failure = queue.failure();
      if (failure != null) {
        throw failure;
      }
      if (queue.endedOrFull()) {
        long now = System.nanoTime();
        stuckSince = stuckSince == 0 ? now : stuckSince;
        if (now - stuckSince > TimeUnit.MILLISECONDS.toNanos(patienceMillis)) {
          throw new RefusedDumpException(
              "heap dump: the segment stream stops within a record, and the main stream has ended"
                  + " or cannot go on without it");
        }
      }
      pause(idle);
    }
  }

  /** Pauses, shortly at first, because HotSpot fills its buffer in about a millisecond. */
  static void pause(int idle) throws InterruptedIOException {
    if (Thread.interrupted()) {
      throw new InterruptedIOException("heap dump: interrupted");
    }
    if (idle < YIELDS) {
      Thread.yield();
    } else {
      LockSupport.parkNanos(PAUSE_NANOS);
    }
  }
}
