package whorl.agent.console;

import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import whorl.agent.console.ConsoleWrite.Writer;

/**
 * Neighbouring writes as bytes in one array; single objects would be copied by the application's
 * garbage collections. A thread that writes or reads owns the block meanwhile. Only the agent's own
 * threads wait for it, and not for long.
 */
final class ConsoleBlock {
  /** Memory of a block in addition to the bytes of its writes. */
  static final int OVERHEAD_BYTES = 160;

  /** Bytes of a write in addition to its text. */
  static final int HEAD_BYTES = 3 * Long.BYTES + Integer.BYTES + 2;

  private static final int LENGTH_AT = 3 * Long.BYTES;
  private static final int WRITER_AT = LENGTH_AT + Integer.BYTES;
  private static final int ENDS_LINE_AT = WRITER_AT + 1;

  /** A writer owns the block for some hundred nanoseconds, unless it is suspended. */
  private static final long OWNER_WAIT_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private static final int WRITERS_MAX = 16;
  private static final int FREE = 0;
  private static final int OWNED = 1;
  private static final int RETIRED = 2;

  private final ByteBuffer bytes;
  private final AtomicInteger state = new AtomicInteger(OWNED);

  /** Used only by the owner of the block. */
  private @Nullable Writer[] writers = new Writer[WRITERS_MAX];

  private int writersUsed;
  private boolean viewed;

  /** Makes a block that the caller owns. */
  ConsoleBlock(int capacity) {
    bytes = ByteBuffer.allocate(capacity);
  }

  /** Approximate memory of the block. */
  int heldBytes() {
    return bytes.capacity() + OVERHEAD_BYTES;
  }

  int capacity() {
    return bytes.capacity();
  }

  /** Tries to own the block; false if it is owned already or no longer in use. */
  boolean own() {
    return state.compareAndSet(FREE, OWNED);
  }

  /**
   * Returns the current content, which stays readable later; null if the block is no longer in use.
   * Waits for the owner, but not for long, so that a suspended thread hides nothing.
   */
  @Nullable View view() {
    long sinceNanos = System.nanoTime();
    while (!own()) {
      if (state.get() == RETIRED) {
        return null;
      }
      if (System.nanoTime() - sinceNanos > OWNER_WAIT_NANOS) {
        return content();
      }
      Thread.yield();
    }
    try {
      return content();
    } finally {
      release();
    }
  }

  private View content() {
    viewed = true;
    return new View(bytes.duplicate().flip(), writers);
  }

  void release() {
    state.set(FREE);
  }

  /**
   * Takes the block out of use.
   *
   * @return true if it may be reused
   */
  boolean retire() {
    boolean again = !viewed;
    state.set(RETIRED);
    return again;
  }

  /** Empties the block, which the caller owns. */
  void reuse() {
    bytes.clear();
    writers = new Writer[WRITERS_MAX];
    writersUsed = 0;
    state.set(OWNED);
  }

  /** Adds a write if there is room; false otherwise. */
  boolean add(
      long sequence,
      Writer writer,
      long epochNanos,
      ByteBuffer text,
      long leftOut,
      boolean endsLine) {
    int number = bytes.remaining() < HEAD_BYTES + text.remaining() ? WRITERS_MAX : number(writer);
    if (number == WRITERS_MAX) {
      return false;
    }
    int at = bytes.position();
    int length = text.remaining();
    bytes
        .putLong(at, sequence)
        .putLong(at + Long.BYTES, epochNanos)
        .putLong(at + 2 * Long.BYTES, leftOut)
        .putInt(at + LENGTH_AT, length)
        .put(at + WRITER_AT, (byte) number)
        .put(at + ENDS_LINE_AT, (byte) (endsLine ? 1 : 0))
        .put(at + HEAD_BYTES, text, text.position(), length);
    // Updated last, because a StackOverflowError may have interrupted the writes before.
    bytes.position(at + HEAD_BYTES + length);
    return true;
  }

  private int number(Writer writer) {
    for (int i = 0; i < writersUsed; i++) {
      if (writer.isSame(writers[i])) {
        return i;
      }
    }
    if (writersUsed < WRITERS_MAX) {
      writers[writersUsed++] = writer;
      return writersUsed - 1;
    }
    return WRITERS_MAX;
  }

  /** Reads the writes in order, once; for one thread. */
  static final class View {
    private final ByteBuffer bytes;
    private final @Nullable Writer[] writers;

    private View(ByteBuffer bytes, @Nullable Writer[] writers) {
      this.bytes = bytes;
      this.writers = writers;
    }

    View copy() {
      return new View(bytes.duplicate(), writers);
    }

    /** The next write; null at the end, or if it is unreadable. */
    @Nullable ConsoleWrite next() {
      int at = bytes.position();
      if (bytes.remaining() < HEAD_BYTES) {
        return null;
      }
      int length = bytes.getInt(at + LENGTH_AT);
      int number = bytes.get(at + WRITER_AT);
      Writer writer = number < 0 || number >= WRITERS_MAX ? null : writers[number];
      if (writer == null || length < 0 || length > bytes.remaining() - HEAD_BYTES) {
        return null;
      }
      byte[] text = new byte[length];
      bytes.get(at + HEAD_BYTES, text);
      bytes.position(at + HEAD_BYTES + length);
      return new ConsoleWrite(
          bytes.getLong(at),
          writer,
          bytes.getLong(at + Long.BYTES),
          text,
          bytes.getLong(at + 2 * Long.BYTES),
          bytes.get(at + ENDS_LINE_AT) != 0);
    }
  }

  /** Reports each of its writes to the ring as dropped; for the owner. */
  void dropFrom(ConsoleRing ring) {
    int end = bytes.position();
    for (int at = 0; at < end; ) {
      int length = bytes.getInt(at + LENGTH_AT);
      Writer writer = writers[bytes.get(at + WRITER_AT)];
      boolean endsLine = bytes.get(at + ENDS_LINE_AT) != 0;
      if (writer != null) {
        ring.dropped(bytes.getLong(at), writer, length, endsLine);
      }
      at += HEAD_BYTES + length;
    }
  }
}
