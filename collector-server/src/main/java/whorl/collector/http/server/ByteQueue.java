package whorl.collector.http.server;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * A queue of bytes. A buffer that is well filled is kept; smaller ones are copied, so that a few
 * bytes never hold a large buffer, and many small pieces never hold much more memory than their
 * bytes.
 */
final class ByteQueue {
  private static final int MIN_KEPT_BYTES = 32 << 10;

  /** After a larger piece, such as a TLS record, more are likely to follow. */
  private static final int FEW_BYTES = 8 << 10;

  private static final ByteBufAllocator ALLOCATOR = ByteBufAllocator.DEFAULT;

  private final Deque<Piece> pieces = new ArrayDeque<>(4);
  private long weight;

  private record Piece(ByteBuf bytes, boolean copied) {}

  /** Returns the held memory in bytes. A kept buffer counts as one of the largest size. */
  long weight() {
    return weight;
  }

  int readableBytes() {
    return pieces.stream().mapToInt(piece -> piece.bytes.readableBytes()).sum();
  }

  /** Adds all of {@code bytes}. The caller still releases its own reference. */
  void add(ByteBuf bytes) {
    int more = bytes.readableBytes();
    Piece last = pieces.peekLast();
    if (more >= MIN_KEPT_BYTES) {
      pieces.add(new Piece(bytes.retain(), false));
      weight += BodyStream.READ_BYTES;
      return;
    }
    if (last == null || !last.copied || last.bytes.maxWritableBytes() < more) {
      int capacity = more < FEW_BYTES ? FEW_BYTES : BodyStream.READ_BYTES;
      last = new Piece(ALLOCATOR.directBuffer(capacity, BodyStream.READ_BYTES), true);
      pieces.add(last);
      weight += capacity;
    }
    int oldCapacity = last.bytes.capacity();
    last.bytes.writeBytes(bytes);
    weight += last.bytes.capacity() - oldCapacity;
  }

  /** Copies what takes much more memory than it has bytes. Called after the last bytes. */
  void trim() {
    if (weight - readableBytes() < MIN_KEPT_BYTES) {
      return;
    }
    for (int left = pieces.size(); left > 0; left--) {
      ByteBuf loose = pieces.remove().bytes;
      int size = loose.readableBytes();
      pieces.add(new Piece(ALLOCATOR.directBuffer(size, size).writeBytes(loose), true));
      loose.release();
    }
    weight = readableBytes();
  }

  /**
   * Removes and returns the next bytes, which the caller must release; null when the queue is
   * empty.
   */
  @Nullable ByteBuf poll() {
    Piece next = pieces.poll();
    if (next == null) {
      return null;
    }
    weight -= next.copied ? next.bytes.capacity() : BodyStream.READ_BYTES;
    return next.bytes;
  }

  void clear() {
    pieces.forEach(piece -> piece.bytes.release());
    pieces.clear();
    weight = 0;
  }
}
