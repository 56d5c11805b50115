package whorl.collector.http;

import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A request's body between the event loop, which offers bytes, and the worker, which reads them.
 * Bytes are asked of the socket only while few are held, so at most three reads' worth (384 KiB)
 * lie here. The clock runs only while the worker waits: a slow disk of ours is not the client's
 * fault.
 */
final class BodyStream extends InputStream {
  private static final int LOW_WATER_BYTES = 128 << 10;
  private static final int FIRST_BYTES = 8 << 10;

  /** The event loop's side, called from the worker. */
  interface Source {
    /** The handler reads for the first time; the client may be waiting for 100 Continue. */
    void wanted();

    /** Reads from the socket once more. */
    void more();
  }

  private final Source source;
  private final EdgeLimits.Times times;
  private long maxBytes = Long.MAX_VALUE;

  private byte[] held = new byte[0];
  private int start;
  private int end;
  private boolean begun;
  private boolean asked;
  private boolean complete;
  private boolean discarding;
  private @Nullable IOException broken;
  private @Nullable ProblemException refused;
  private long receivedBytes;
  private long waitedNanos;

  BodyStream(Source source, EdgeLimits.Times times) {
    this.source = source;
    this.times = times;
  }

  /** Refuses a body longer than this. */
  synchronized void limitTo(long maxBytes) {
    this.maxBytes = maxBytes;
  }

  /** Takes a copy of these bytes; event loop. */
  synchronized void offer(ByteBuf bytes) {
    int more = bytes.readableBytes();
    asked = false;
    receivedBytes += more;
    if (receivedBytes > maxBytes) {
      refuse(tooLarge(maxBytes));
    }
    if (!discarding && refused == null && more > 0) {
      makeRoom(more);
      bytes.readBytes(held, end, more);
      end += more;
    }
    notifyAll();
  }

  /** All of it has been offered; event loop. */
  synchronized void complete() {
    complete = true;
    notifyAll();
  }

  /** The connection broke; event loop. */
  synchronized void broken(IOException cause) {
    if (!complete) {
      broken = cause;
      notifyAll();
    }
  }

  /** The body is not acceptable; any thread. */
  synchronized void refuse(ProblemException why) {
    refused = why;
    discard();
    notifyAll();
  }

  /** Nobody reads any more. */
  synchronized void discard() {
    discarding = true;
    held = new byte[0];
    start = 0;
    end = 0;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
  }

  /**
   * @throws ProblemException 408 when the client is too slow, 413 when it sends too much
   */
  @Override
  public synchronized int read(byte[] into, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    if (!begun) {
      begun = true;
      source.wanted();
    }
    while (start == end) {
      if (refused != null) {
        throw refused;
      }
      if (complete || discarding) {
        return -1;
      }
      if (broken != null) {
        throw broken;
      }
      ask();
      await();
    }
    int count = Math.min(length, end - start);
    System.arraycopy(held, start, into, offset, count);
    start += count;
    if (end - start < LOW_WATER_BYTES) {
      ask();
    }
    return count;
  }

  @Override
  public synchronized int available() {
    return end - start;
  }

  static ProblemException tooLarge(long maxBytes) {
    return new ProblemException(
        413, "body too large", "at most " + maxBytes + " bytes are taken here");
  }

  private void ask() {
    if (!asked && !complete && broken == null && refused == null) {
      asked = true;
      source.more();
    }
  }

  private void await() throws IOException {
    long began = System.nanoTime();
    long deadline = began + times.bodyIdle().toNanos();
    long before = receivedBytes;
    while (receivedBytes == before && !complete && broken == null && refused == null) {
      long left = deadline - System.nanoTime();
      if (left <= 0) {
        refuse(tooSlow("no byte of the body came for " + times.bodyIdle().toMillis() + " ms"));
        break;
      }
      try {
        TimeUnit.NANOSECONDS.timedWait(this, left);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("the collector is stopping", e);
      }
    }
    waitedNanos += System.nanoTime() - began;
    long owed = (long) (waitedNanos / 1e9 * times.minBytesPerSecond());
    if (!complete
        && refused == null
        && waitedNanos > times.bodyGrace().toNanos()
        && receivedBytes < owed) {
      refuse(tooSlow("fewer than " + times.minBytesPerSecond() + " bytes of the body a second"));
    }
  }

  private static ProblemException tooSlow(String what) {
    return new ProblemException(408, "body too slow", what + "; send it again, in smaller parts");
  }

  private void makeRoom(int more) {
    if (held.length - end >= more) {
      return;
    }
    int size = end - start;
    byte[] target = held;
    if (held.length - size < more) {
      target = new byte[Math.max(FIRST_BYTES, Math.max(held.length * 2, size + more))];
    }
    System.arraycopy(held, start, target, 0, size);
    held = target;
    start = 0;
    end = size;
  }
}
