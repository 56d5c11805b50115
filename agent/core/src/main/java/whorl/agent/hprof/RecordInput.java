package whorl.agent.hprof;

import java.io.IOException;
import java.util.Arrays;
import whorl.agent.hprof.held.Sink;

/**
 * A stream behind one buffer, which is read, changed in place and passed on.
 *
 * <pre>
 *   0 … passed … at … end … bytes.length
 *       |        |    first byte not read yet
 *       |        next byte to parse
 *       bytes up to {@code at} were parsed, and go to the sink with the next refill
 * </pre>
 *
 * <p>Code that only reads keeps {@code passed} and {@code at} equal. The fields are package-private
 * for the loops over sub-records. Not thread-safe, except {@link #bytesIn}, which any thread may
 * call.
 */
final class RecordInput {
  /**
   * A larger read would only make {@code FileInputStream} allocate as much for each call: a pipe
   * holds 64 KiB.
   */
  private static final int READ_MAX_BYTES = 128 << 10;

  /** Reads at least one byte, or returns -1. */
  @FunctionalInterface
  interface Source {
    int read(byte[] bytes, int offset, int length) throws IOException;
  }

  private static final Sink NOWHERE =
      (bytes, offset, length) -> {
        throw new IllegalStateException("bytes to pass on, and no sink: " + length);
      };

  private final String name;
  private final Source source;
  private final int growMaxBytes;
  private Sink sink = NOWHERE;
  private volatile long bytesIn;

  byte[] bytes;
  int passed;
  int at;
  int end;

  /**
   * @param name of the stream, for messages
   * @param growMaxBytes the most that the buffer may grow to for one record
   */
  RecordInput(String name, Source source, int bufferBytes, int growMaxBytes) {
    this.name = name;
    this.source = source;
    this.bytes = new byte[bufferBytes];
    this.growMaxBytes = growMaxBytes;
  }

  void passTo(Sink next) {
    this.sink = next;
  }

  /** Bytes read so far. */
  long bytesIn() {
    return bytesIn;
  }

  /** The stream's offset of the next byte. */
  long offset() {
    return bytesIn - (end - at);
  }

  String name() {
    return name;
  }

  int growMaxBytes() {
    return growMaxBytes;
  }

  /** Reads until this many bytes are in the buffer. */
  void need(int length) throws IOException {
    if (end - at < length) {
      refill(length);
    }
  }

  /** Skips this many bytes, even more than the buffer holds. */
  void skip(long length) throws IOException {
    long left = length;
    while (left > end - at) {
      left -= end - at;
      at = end;
      refill(1);
    }
    at += (int) left;
  }

  /** Skips this many bytes and sets them to zero. */
  void blank(long length) throws IOException {
    long left = length;
    while (left > end - at) {
      left -= end - at;
      Zeros.fill(bytes, at, end - at);
      at = end;
      refill(1);
    }
    Zeros.fill(bytes, at, (int) left);
    at += (int) left;
  }

  /** Passes on the parsed bytes. */
  void flush() throws IOException {
    if (at > passed) {
      sink.write(bytes, passed, at - passed);
      passed = at;
    }
  }

  /** Discards the parsed bytes. */
  void drop() {
    passed = at;
  }

  private void refill(int length) throws IOException {
    flush();
    System.arraycopy(bytes, at, bytes, 0, end - at);
    end -= at;
    at = 0;
    passed = 0;
    if (length > bytes.length) {
      if (length > growMaxBytes) {
        throw new RefusedDumpException(
            "heap dump: a record at " + offset() + " of the " + name + " stream is too large");
      }
      bytes = Arrays.copyOf(bytes, Math.min(growMaxBytes, Math.max(length, bytes.length * 2)));
    }
    while (end < length) {
      int read = source.read(bytes, end, Math.min(bytes.length - end, READ_MAX_BYTES));
      if (read < 0) {
        throw new RefusedDumpException(
            "heap dump: the " + name + " stream ends at " + bytesIn + ", before the dump does");
      }
      end += read;
      count(read);
    }
  }

  /** Only the reading thread writes, so no update is lost. */
  @SuppressWarnings("NonAtomicVolatileUpdate")
  private void count(int read) {
    bytesIn += read;
  }
}
