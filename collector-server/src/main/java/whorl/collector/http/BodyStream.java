package whorl.collector.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A request's body between the event loop, which offers bytes, and the worker, which reads them.
 * Bytes are asked of the socket only while few are held, so at most three reads' worth (384 KiB)
 * lie here, beside the piece that the worker is at. The clock runs only while the worker waits: a
 * slow disk of ours is not the client's fault.
 */
final class BodyStream extends InputStream implements ByteSource {
  /** The most that one read of the socket brings. */
  static final int READ_BYTES = 128 << 10;

  private static final int LOW_WATER_BYTES = READ_BYTES;
  private static final int HIGH_WATER_BYTES = 2 * READ_BYTES;

  /** The event loop's side, called from the worker. */
  interface Source {
    /** The handler reads for the first time; the client may be waiting for 100 Continue. */
    void wanted();

    /** Reads from the socket, and on while {@link #readsOn}. */
    void more();
  }

  private final Source source;
  private final EdgeLimits.Times times;
  private long maxBytes = Long.MAX_VALUE;

  private final ByteQueue held = new ByteQueue();

  /** The worker's: it may be read outside the lock. */
  private ByteBuf current = Unpooled.EMPTY_BUFFER;

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

  /**
   * Takes these bytes, or a copy of them; the caller still releases its own; event loop. The worker
   * is told of them when the read has ended, once and not for each of a read's TLS records.
   */
  synchronized void offer(ByteBuf bytes) {
    int more = bytes.readableBytes();
    receivedBytes += more;
    if (receivedBytes > maxBytes) {
      refuse(tooLarge(maxBytes));
    }
    if (!discarding && more > 0) {
      held.add(bytes);
    }
  }

  /** A read has ended: whether to read once more at once, rather than when asked; event loop. */
  synchronized boolean readsOn() {
    notifyAll();
    asked = begun && open() && held.weight() <= HIGH_WATER_BYTES;
    return asked;
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

  /** Nobody needs what is held, but the worker may still be at its piece; any thread. */
  synchronized void discard() {
    discarding = true;
    held.clear();
  }

  /** Nobody needs any of it, the worker neither. */
  synchronized void release() {
    discard();
    take(Unpooled.EMPTY_BUFFER);
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
    if (!current.isReadable() && !advance()) {
      return -1;
    }
    int count = Math.min(length, current.readableBytes());
    current.readBytes(into, offset, count);
    return count;
  }

  /**
   * @throws ProblemException as {@link #read(byte[], int, int)}
   */
  @Override
  public synchronized @Nullable ByteBuffer next() throws IOException {
    if (!current.isReadable() && !advance()) {
      return null;
    }
    ByteBuffer piece = current.nioBuffer();
    current.skipBytes(current.readableBytes());
    return piece;
  }

  @Override
  public synchronized int available() {
    return current.readableBytes() + held.readableBytes();
  }

  static ProblemException tooLarge(long maxBytes) {
    return new ProblemException(
        413, "body too large", "at most " + maxBytes + " bytes are taken here");
  }

  /** Waits for a piece, and makes it the current one; false at the end. */
  private boolean advance() throws IOException {
    if (!begun) {
      begun = true;
      source.wanted();
    }
    ByteBuf next = held.poll();
    while (next == null) {
      if (refused != null) {
        throw refused;
      }
      if (complete || discarding) {
        return false;
      }
      if (broken != null) {
        throw broken;
      }
      ask();
      await();
      next = held.poll();
    }
    take(next);
    if (held.weight() <= LOW_WATER_BYTES) {
      ask();
    }
    return true;
  }

  private void take(ByteBuf next) {
    current.release();
    current = next;
  }

  private void ask() {
    if (!asked && open()) {
      asked = true;
      source.more();
    }
  }

  private boolean open() {
    return !complete && broken == null && refused == null;
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
}
