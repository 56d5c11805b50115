package whorl.agent.console;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import whorl.agent.console.Written.Writer;

/**
 * Some neighbouring writes as bytes: single objects would be copied from collection to collection
 * of the application's. Whoever writes or reads has it to itself meanwhile; nobody waits for it but
 * the agent's own threads.
 */
final class ConsoleBlock {
  /** Of memory, beside the bytes of its writes. */
  static final int BESIDE_BYTES = 160;

  /** What one write takes beside its bytes. */
  static final int HEAD_BYTES = 3 * Long.BYTES + Integer.BYTES + 2;

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

  /** Waits until the caller has it. False when it is no longer in use. */
  boolean await() {
    while (!take()) {
      if (state.get() == RETIRED) {
        return false;
      }
      Thread.yield();
    }
    return true;
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
    bytes
        .putLong(sequence)
        .putLong(epochNanos)
        .putLong(leftOut)
        .putInt(text.remaining())
        .put((byte) number)
        .put((byte) (endsLine ? 1 : 0))
        .put(text);
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

  /** What it holds now, which stays readable whatever becomes of the block. */
  View view() {
    viewed = true;
    return new View(bytes.duplicate().flip(), writers);
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

    /** The next write; null at the end. */
    @Nullable Written next() {
      if (!bytes.hasRemaining()) {
        return null;
      }
      long sequence = bytes.getLong();
      long epochNanos = bytes.getLong();
      long leftOut = bytes.getLong();
      byte[] text = new byte[bytes.getInt()];
      Writer writer = writers[bytes.get()];
      boolean endsLine = bytes.get() != 0;
      bytes.get(text);
      if (writer == null) {
        throw new IllegalStateException("a write without a writer");
      }
      return new Written(sequence, writer, epochNanos, text, leftOut, endsLine);
    }
  }

  /** Tells the ring of each write that it holds; for who has it. */
  void dropFrom(ConsoleRing ring) {
    int end = bytes.position();
    for (int at = 0; at < end; ) {
      int length = bytes.getInt(at + 3 * Long.BYTES);
      Writer writer = writers[bytes.get(at + 3 * Long.BYTES + Integer.BYTES)];
      boolean endsLine = bytes.get(at + 3 * Long.BYTES + Integer.BYTES + 1) != 0;
      if (writer != null) {
        ring.dropped(bytes.getLong(at), writer, length, endsLine);
      }
      at += HEAD_BYTES + length;
    }
  }
}
