package whorl.collector.recording;

import java.nio.ByteBuffer;

/**
 * Reads a chunk's values one after the other, from a position that can be set, up to a limit. For
 * one thread. Encoding, as in {@code jfrEncoders.hpp} and {@code
 * jdk.jfr.internal.consumer.RecordingInput}:
 *
 * <pre>
 * short, char, int, long   compressed: seven bits per byte, lowest first; the top bit is set if
 *                          another byte follows; the ninth byte has eight bits
 *                          uncompressed: 2, 2, 4, 8 bytes, big-endian
 * float, double            4, 8 bytes, big-endian
 * byte, boolean            1 byte
 * </pre>
 */
final class Input {
  private static final int GROUP_BITS = 7;
  private static final int LAST_SHIFT = 56;

  private final ByteBuffer bytes;
  private final boolean compressed;
  private int position;
  private int limit;

  /**
   * @param bytes a chunk, big-endian
   */
  Input(ByteBuffer bytes, boolean compressed) {
    this.bytes = bytes;
    this.compressed = compressed;
    this.limit = bytes.limit();
  }

  int position() {
    return position;
  }

  /** The caller ensures that the position is not negative. Nothing is read beyond the limit. */
  void position(int newPosition) {
    position = newPosition;
  }

  int limit() {
    return limit;
  }

  /** Nothing at or after this position is read. */
  void limit(int newLimit) {
    limit = Math.min(newLimit, bytes.limit());
  }

  int remaining() {
    return limit - position;
  }

  byte readByte() throws DamagedRecordingException {
    int at = position;
    if (at >= limit) {
      throw ended();
    }
    position = at + 1;
    return bytes.get(at);
  }

  long readLong() throws DamagedRecordingException {
    return compressed ? readCompressed() : raw(Long.BYTES);
  }

  int readInt() throws DamagedRecordingException {
    return compressed ? (int) readCompressed() : (int) raw(Integer.BYTES);
  }

  /** The size of an event, including the bytes of the size itself. */
  long readSize() throws DamagedRecordingException {
    return compressed ? readCompressed() : raw(Integer.BYTES);
  }

  short readShort() throws DamagedRecordingException {
    return compressed ? (short) readCompressed() : (short) raw(Short.BYTES);
  }

  char readChar() throws DamagedRecordingException {
    return compressed ? (char) readCompressed() : (char) raw(Character.BYTES);
  }

  float readFloat() throws DamagedRecordingException {
    return Float.intBitsToFloat((int) raw(Float.BYTES));
  }

  double readDouble() throws DamagedRecordingException {
    return Double.longBitsToDouble(raw(Double.BYTES));
  }

  /** The number of following elements or bytes; each takes at least one byte. */
  int readCount() throws DamagedRecordingException {
    int at = position;
    int count = readInt();
    if (count < 0 || count > remaining()) {
      throw new DamagedRecordingException(
          "at byte " + at + " it says that " + Integer.toUnsignedString(count) + " follow");
    }
    return count;
  }

  void skipBytes(int count) throws DamagedRecordingException {
    if (count > remaining()) {
      throw ended();
    }
    position += count;
  }

  /** Skips a number that takes {@code width} bytes if numbers are not compressed. */
  void skipNumber(int width) throws DamagedRecordingException {
    if (!compressed) {
      skipBytes(width);
      return;
    }
    int at = position;
    int last = Math.min(limit, at + LAST_SHIFT / GROUP_BITS);
    while (at < last) {
      if (bytes.get(at++) >= 0) {
        position = at;
        return;
      }
    }
    position = at;
    skipBytes(1);
  }

  /** Reads the next bytes; {@link #readCount} has checked that they exist. */
  void readBytes(byte[] into, int count) {
    bytes.get(position, into, 0, count);
    position += count;
  }

  private long readCompressed() throws DamagedRecordingException {
    int at = position;
    if (at >= limit) {
      throw ended();
    }
    byte first = bytes.get(at);
    if (first >= 0) {
      position = at + 1;
      return first;
    }
    return readGroups(at + 1, first & 0x7F);
  }

  private long readGroups(int from, long lowest) throws DamagedRecordingException {
    int at = from;
    long value = lowest;
    for (int shift = GROUP_BITS; shift < LAST_SHIFT; shift += GROUP_BITS) {
      if (at >= limit) {
        throw ended();
      }
      byte group = bytes.get(at++);
      value |= (long) (group & 0x7F) << shift;
      if (group >= 0) {
        position = at;
        return value;
      }
    }
    if (at >= limit) {
      throw ended();
    }
    position = at + 1;
    return value | (long) bytes.get(at) << LAST_SHIFT;
  }

  private long raw(int width) throws DamagedRecordingException {
    int at = position;
    if (width > limit - at) {
      throw ended();
    }
    position = at + width;
    return switch (width) {
      case Short.BYTES -> bytes.getShort(at);
      case Integer.BYTES -> bytes.getInt(at);
      default -> bytes.getLong(at);
    };
  }

  private DamagedRecordingException ended() {
    return new DamagedRecordingException("the value at byte " + position + " is cut off");
  }
}
