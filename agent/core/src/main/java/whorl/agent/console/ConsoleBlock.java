package whorl.agent.console;

import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import whorl.agent.console.ConsoleWrite.Writer;

/**
 * Some neighbouring writes as bytes: single objects would be copied from collection to collection
 * of the application's. Whoever writes or reads has it to itself meanwhile; nobody waits for it but
 * the agent's own threads, and those not for long.
 */
final class ConsoleBlock {
  /** Of memory, beside the bytes of its writes. */
  static final int BESIDE_BYTES = 160;

  /** What one write takes beside its bytes. */
  static final int HEAD_BYTES = 3 * Long.BYTES + Integer.BYTES + 2;

  private static final int LENGTH_AT = 3 * Long.BYTES;
  private static final int WRITER_AT = LENGTH_AT + Integer.BYTES;
  private static final int ENDS_LINE_AT = WRITER_AT + 1;

  /** A writer has it for some hundred nanoseconds, unless it is stopped there. */
  private static final long PATIENCE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private static final int WRITERS_MAX = 16;
  private static final int FREE = 0;
  private static final int TAKEN = 1;
  private static final int RETIRED = 2;

  private final ByteBuffer bytes;
  private final AtomicInteger state = new AtomicInteger(TAKEN);

  /** These are for who has the block. */
  private @Nullable Writer[] writers = new Writer[WRITERS_MAX];

  private int writersUsed;
  private boolean viewed;

  /** The caller has it. */
  ConsoleBlock(int capacity) {
    bytes = ByteBuffer.allocate(capacity);
  }

  /** About how many bytes of memory it takes. */
  int heldBytes() {
    return bytes.capacity() + BESIDE_BYTES;
  }

  int capacity() {
    return bytes.capacity();
  }

  /** Whether the caller has it now: nobody else has, and it is in use. */
  boolean take() {
    return state.compareAndSet(FREE, TAKEN);
  }

  /**
   * What it holds now, which stays readable whatever becomes of the block; null when it is no
   * longer in use. Waits for who has it, but not for long: a thread that is stopped there hides
   * nothing.
   */
  @Nullable View view() {
    long sinceNanos = System.nanoTime();
    while (!take()) {
      if (state.get() == RETIRED) {
        return null;
      }
      if (System.nanoTime() - sinceNanos > PATIENCE_NANOS) {
        return held();
      }
      Thread.yield();
    }
    try {
      return held();
    } finally {
      giveBack();
    }
  }

  private View held() {
    viewed = true;
    return new View(bytes.duplicate().flip(), writers);
  }

  void giveBack() {
    state.set(FREE);
  }

  /**
   * It is no longer in use.
   *
   * @return whether it may be used again
   */
  boolean retire() {
    boolean again = !viewed;
    state.set(RETIRED);
    return again;
  }

  /** The caller has it, empty. */
  void reuse() {
    bytes.clear();
    writers = new Writer[WRITERS_MAX];
    writersUsed = 0;
    state.set(TAKEN);
  }

  /** Adds a write, if there is room for it. */
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
    // Last: the thread's stack may have come to its end before.
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

  /** To read its writes in their order, once; for one thread. */
  static final class View {
    private final ByteBuffer bytes;
    private final @Nullable Writer[] writers;

    private View(ByteBuffer bytes, @Nullable Writer[] writers) {
      this.bytes = bytes;
      this.writers = writers;
    }

    View again() {
      return new View(bytes.duplicate(), writers);
    }

    /** The next write; null at the end, or where there is none that can be read. */
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

  /** Tells the ring of each write that it holds; for who has it. */
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
