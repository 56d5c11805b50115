package whorl.collector.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Bytes in their order. What fills much of a read's buffer is kept in it; the rest is copied, so
 * that a few bytes never hold a large buffer, nor many pieces more than their bytes.
 */
final class ByteQueue {
  private static final int KEPT_MIN_BYTES = 32 << 10;

  /** Of more, such as a TLS record, further ones are likely to follow. */
  private static final int FEW_BYTES = 8 << 10;

  private static final ByteBufAllocator ALLOCATOR = ByteBufAllocator.DEFAULT;

  private final Deque<Piece> pieces = new ArrayDeque<>(4);
  private long weight;

  private record Piece(ByteBuf bytes, boolean copied) {}

  /** The memory that is held, in bytes: a buffer that is kept counts as the largest there is. */
  long weight() {
    return weight;
  }

  boolean isEmpty() {
    return pieces.isEmpty();
  }

  int readableBytes() {
    return pieces.stream().mapToInt(piece -> piece.bytes.readableBytes()).sum();
  }

  /** Takes all of {@code bytes}, which the caller releases as if they had not been. */
  void add(ByteBuf bytes) {
    int more = bytes.readableBytes();
    Piece last = pieces.peekLast();
    if (more >= KEPT_MIN_BYTES) {
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
    int before = last.bytes.capacity();
    last.bytes.writeBytes(bytes);
    weight += last.bytes.capacity() - before;
  }

  /** The next ones, which the caller is to release; null when there are none. */
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
