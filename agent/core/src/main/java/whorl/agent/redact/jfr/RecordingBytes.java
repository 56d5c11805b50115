package whorl.agent.redact.jfr;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;

/**
 * The bytes of a recording on their way from where they are read to where they are written.
 * Meanwhile they may be changed, as long as they are in the buffer.
 */
final class RecordingBytes {
  private static final int NUMBER_MAX_BYTES = 9;

  private final InputStream in;
  private final OutputStream out;
  private final byte[] buffer;
  private int at;
  private int filled;

  /** The position of the buffer in the recording. */
  private long start;

  private long written;
  private long limit = Long.MAX_VALUE;

  /**
   * @param size of the buffer, in bytes
   */
  RecordingBytes(InputStream in, OutputStream out, int size) {
    this.in = in;
    this.out = out;
    this.buffer = new byte[size];
  }

  /** The position in the recording of the byte that is next. */
  long position() {
    return start + at;
  }

  /** True if there are no more bytes. */
  boolean isAtEnd() throws IOException {
    return !hold(1);
  }

  /** From now on, no value goes beyond this position. */
  void limit(long position) {
    limit = position;
  }

  /** The position that no value goes beyond. */
  long limit() {
    return limit;
  }

  /** Returns the number of bytes before the limit. */
  long left() {
    return limit - position();
  }

  /**
   * Reads up to so many bytes into the buffer, so that they can be changed.
   *
   * @param bytes at most the size of the buffer
   * @return false if there are fewer
   */
  boolean hold(int bytes) throws IOException {
    if (filled - at >= bytes) {
      return true;
    }
    flush();
    while (filled < bytes) {
      int n = in.read(buffer, filled, buffer.length - filled);
      if (n < 0) {
        return false;
      }
      filled += n;
    }
    return true;
  }

  /** The byte at this position, which must be in the buffer. */
  byte held(long position) {
    return buffer[(int) (position - start)];
  }

  /** Changes the byte at this position, which must be in the buffer. */
  void set(long position, int value) {
    buffer[(int) (position - start)] = (byte) value;
  }

  /** Returns the next byte, 0 to 255. */
  int next() throws IOException, MalformedRecordingException {
    if (position() >= limit) {
      throw new MalformedRecordingException("a value goes beyond its end");
    }
    if (at == filled && !hold(1)) {
      throw new EOFException("the recording ends within a value");
    }
    return buffer[at++] & 0xFF;
  }

  /** Returns a number of variable length (LEB128); the ninth byte has eight bits of it. */
  long number() throws IOException, MalformedRecordingException {
    long number = 0;
    for (int i = 0; i < NUMBER_MAX_BYTES - 1; i++) {
      int b = next();
      number |= (b & 0x7FL) << (7 * i);
      if (b < 0x80) {
        return number;
      }
    }
    return number | (long) next() << (7 * (NUMBER_MAX_BYTES - 1));
  }

  /** Reads the size of the event that begins here, and returns the position at which it ends. */
  long eventEnd() throws IOException, MalformedRecordingException {
    long start = position();
    long size = number();
    if (size <= position() - start || size > limit - start) {
      throw new MalformedRecordingException("an event has no size");
    }
    return start + size;
  }

  /** Returns how many values follow; each has at least one byte. */
  int count() throws IOException, MalformedRecordingException {
    long count = number();
    if (count < 0 || count > Math.min(left(), Integer.MAX_VALUE)) {
      throw new MalformedRecordingException("more values than there are bytes");
    }
    return (int) count;
  }

  /** Passes so many bytes on as they are. */
  void skip(long bytes) throws IOException, MalformedRecordingException {
    if (bytes < 0 || bytes > left()) {
      throw new MalformedRecordingException("a value goes beyond its end");
    }
    long end = position() + bytes;
    while (position() < end) {
      advance(end);
    }
  }

  /**
   * Passes zeros on in place of the bytes between two positions; those that have left the buffer
   * stay.
   */
  void blank(long from, long end) throws IOException {
    Arrays.fill(buffer, (int) Math.max(0, from - start), at, (byte) 0);
    while (position() < end) {
      int before = advance(end);
      Arrays.fill(buffer, before, at, (byte) 0);
    }
  }

  /** Passes nothing on of the bytes before this position. */
  void leaveOut(long end) throws IOException {
    flush();
    while (position() < end && hold(1)) {
      advance(end);
      drop();
    }
  }

  /** Writes out all bytes that were read. */
  void flush() throws IOException {
    out.write(buffer, 0, at);
    written += at;
    drop();
  }

  /** Returns the number of bytes that were written out. */
  long written() {
    return written;
  }

  private void drop() {
    System.arraycopy(buffer, at, buffer, 0, filled - at);
    start += at;
    filled -= at;
    at = 0;
  }

  /** Goes on to this position, or as far as the buffer's contents go; returns from where. */
  private int advance(long end) throws IOException {
    if (!hold(1)) {
      throw new EOFException("the recording ends within a value");
    }
    int before = at;
    at += (int) Math.min(filled - at, end - position());
    return before;
  }
}
