package whorl.collector.http.server;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import whorl.collector.http.request.ByteSource;
import whorl.collector.http.request.ProblemException;

/**
 * A request's body between the event loop, which offers bytes, and the worker, which reads them.
 * The socket is read only while few bytes are held, so at most three reads (384 KiB) are buffered,
 * besides the piece that the worker is processing. Only the time in which the worker waits counts
 * against the client: a slow disk of the collector does not.
 */
final class BodyStream extends InputStream implements ByteSource {
  /** Limit for one read of the socket. */
  static final int READ_BYTES = 128 << 10;

  private static final int LOW_WATER_BYTES = READ_BYTES;
  private static final int HIGH_WATER_BYTES = 2 * READ_BYTES;

  /** The event loop, as the worker calls it. */
  interface Source {
    /** Called at the handler's first read; the client may be waiting for 100 Continue. */
    void bodyRequested();

    /** Reads from the socket, again and again while {@link #mayReadAgain} is true. */
    void readMore();
  }

  private final Source source;
  private final EdgeLimits.Times times;
  private long maxBytes = Long.MAX_VALUE;

  private final ByteQueue held = new ByteQueue();

  /** Used by the worker, which may read it outside the lock. */
  private ByteBuf current = Unpooled.EMPTY_BUFFER;

  private boolean started;
  private boolean readRequested;
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

  /** Sets the limit; a longer body is refused. */
  synchronized void limitTo(long maxBytes) {
    this.maxBytes = maxBytes;
  }

  /**
   * Adds these bytes or a copy of them; the caller still releases its own reference. Called on the
   * event loop. The worker is notified once at the end of the read, and not for each of its TLS
   * records.
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

  /**
   * Ends a read. Returns true if the socket may be read again at once, without a request of the
   * worker. Called on the event loop.
   */
  synchronized boolean mayReadAgain() {
    notifyAll();
    readRequested = started && isOpen() && held.weight() <= HIGH_WATER_BYTES;
    return readRequested;
  }

  /** True if a worker reads it. */
  synchronized boolean started() {
    return started;
  }

  /** Returns what the held bytes take of memory. */
  synchronized long heldBytes() {
    return held.weight();
  }

  /** The whole body has been offered. Called on the event loop. */
  synchronized void complete() {
    complete = true;
    if (!started) {
      held.trim(); // it may wait for a worker
    }
    notifyAll();
  }

  /** The connection broke. Called on the event loop. */
  synchronized void broken(IOException cause) {
    if (!complete) {
      broken = cause;
      notifyAll();
    }
  }

  /** Refuses the body. Called on any thread. */
  synchronized void refuse(ProblemException why) {
    refused = why;
    discard();
    notifyAll();
  }

  /** Drops the held bytes; the worker may still be processing its piece. Called on any thread. */
  synchronized void discard() {
    discarding = true;
    held.clear();
  }

  /** Drops all bytes, including the worker's piece. */
  synchronized void release() {
    discard();
    setCurrent(Unpooled.EMPTY_BUFFER);
  }

  @Override
  public int read() throws IOException {
    byte[] single = new byte[1];
    return read(single, 0, 1) < 0 ? -1 : single[0] & 0xFF;
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
        413, "body too large", "at most " + maxBytes + " bytes are allowed here");
  }

  /** Waits for the next piece and makes it the current one; false at the end. */
  private boolean advance() throws IOException {
    if (!started) {
      started = true;
      source.bodyRequested();
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
      requestRead();
      await();
      next = held.poll();
    }
    setCurrent(next);
    if (held.weight() <= LOW_WATER_BYTES) {
      requestRead();
    }
    return true;
  }

  private void setCurrent(ByteBuf next) {
    current.release();
    current = next;
  }

  private void requestRead() {
    if (!readRequested && isOpen()) {
      readRequested = true;
      source.readMore();
    }
  }

  private boolean isOpen() {
    return !complete && broken == null && refused == null;
  }

  private void await() throws IOException {
    long startNanos = System.nanoTime();
    long deadline = startNanos + times.bodyIdle().toNanos();
    long earlierBytes = receivedBytes;
    while (receivedBytes == earlierBytes && !complete && broken == null && refused == null) {
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
    waitedNanos += System.nanoTime() - startNanos;
    long minBytes = (long) (waitedNanos / 1e9 * times.minBytesPerSecond());
    if (!complete
        && refused == null
        && waitedNanos > times.bodyGrace().toNanos()
        && receivedBytes < minBytes) {
      refuse(tooSlow("fewer than " + times.minBytesPerSecond() + " bytes of the body a second"));
    }
  }

  private static ProblemException tooSlow(String problem) {
    return new ProblemException(
        408, "body too slow", problem + "; send it again, in smaller parts");
  }
}
