package whorl.collector.recording;

import java.nio.ByteBuffer;

/**
 * Reads a chunk's values one after the other, from a place that can be set, up to a limit. For one
 * thread. As {@code jfrEncoders.hpp} and {@code jdk.jfr.internal.consumer.RecordingInput} have it:
 *
 * <pre>
 * short, char, int, long   compressed: seven bits a byte, the lowest first, the top bit set where
 *                          another byte follows; the ninth byte has eight bits
 *                          not compressed: 2, 2, 4, 8 bytes, the highest first
 * float, double            4, 8 bytes, the highest first
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
   * @param bytes a chunk, the highest byte of a number first
   */
  Input(ByteBuffer bytes, boolean compressed) {
    this.bytes = bytes;
    this.compressed = compressed;
    this.limit = bytes.limit();
  }

  int position() {
    return position;
  }

  /** Whoever sets it has checked that it is not negative; beyond the limit nothing is read. */
  void position(int newPosition) {
    position = newPosition;
  }

  int limit() {
    return limit;
  }

  /** Nothing at this place or behind it is read. */
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

  /** The size of an event, the bytes that say it included. */
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

  /** How many elements or bytes follow, each of which takes a byte at least. */
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

  /** Steps over numbers that are written as {@code width} bytes where they are not compressed. */
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

  /** The next bytes, which are there: {@link #readCount} has said so. */
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
    return new DamagedRecordingException("what should be at byte " + position + " is cut off");
  }
}
