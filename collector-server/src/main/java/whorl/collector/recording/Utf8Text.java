package whorl.collector.recording;

import java.util.Arrays;

/**
 * A reusable buffer for UTF-8 text that grows up to a limit; what does not fit is dropped. For one
 * thread.
 */
public final class Utf8Text {
  private static final int DIGITS_MAX = 20;

  private final int bytesMax;
  private byte[] bytes = new byte[512];
  private int size;

  public Utf8Text(int bytesMax) {
    this.bytesMax = bytesMax;
  }

  public int size() {
    return size;
  }

  public boolean isEmpty() {
    return size == 0;
  }

  /** True if any further text would be dropped. */
  public boolean isFull() {
    return size >= bytesMax;
  }

  /** Truncates the text to this many bytes. */
  public void size(int newSize) {
    size = Math.min(size, newSize);
  }

  public byte[] toBytes() {
    return Arrays.copyOf(bytes, size);
  }

  /** The bytes between two positions. */
  public byte[] toBytes(int from, int to) {
    return Arrays.copyOfRange(bytes, Math.min(from, size), Math.min(to, size));
  }

  public Utf8Text add(byte[] utf8) {
    return add(utf8, 0, utf8.length);
  }

  public Utf8Text add(byte[] utf8, int from, int length) {
    int copied = Math.min(length, bytesMax - size);
    if (copied > 0) {
      ensure(copied);
      System.arraycopy(utf8, from, bytes, size, copied);
      size += copied;
    }
    return this;
  }

  /** Adds an ASCII character. */
  public Utf8Text add(char ascii) {
    if (size < bytesMax) {
      ensure(1);
      bytes[size++] = (byte) ascii;
    }
    return this;
  }

  /** Adds a number in decimal digits. */
  public Utf8Text add(long number) {
    if (bytesMax - size < DIGITS_MAX) {
      size = bytesMax == size ? size : fillWithSpaces();
      return this;
    }
    ensure(DIGITS_MAX);
    long left = number;
    if (left < 0) {
      bytes[size++] = '-';
    } else {
      left = -left;
    }
    int end = size + digits(left);
    for (int at = end - 1; at >= size; at--) {
      bytes[at] = (byte) ('0' - left % 10);
      left /= 10;
    }
    size = end;
    return this;
  }

  /** The number of digits of a number that is not positive. */
  private static int digits(long negative) {
    int digits = 1;
    for (long left = negative / 10; left != 0; left /= 10) {
      digits++;
    }
    return digits;
  }

  private void ensure(int more) {
    if (bytes.length - size < more) {
      bytes = Arrays.copyOf(bytes, Math.max(size + more, Math.min(bytes.length * 2, bytesMax)));
    }
  }

  /** A number is never cut: if it does not fit, the rest is filled with spaces. */
  private int fillWithSpaces() {
    ensure(bytesMax - size);
    Arrays.fill(bytes, size, bytesMax, (byte) ' ');
    return bytesMax;
  }
}
