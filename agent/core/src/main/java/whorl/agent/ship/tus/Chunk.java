package whorl.agent.ship.tus;

import whorl.agent.ship.direct.DirectUpload;

/**
 * One piece of a {@link DirectUpload}, kept until the collector has it. Used by one thread at a
 * time.
 */
public final class Chunk {
  /** The most bytes of a chunk where memory is scarce. */
  public static final int SMALL_BYTES = 1 << 20;

  /**
   * The most bytes of a chunk otherwise: the least that a part of an object in S3 may have. The
   * collector puts such a chunk once. Smaller ones it puts as objects, and again as a part.
   */
  public static final int PART_BYTES = 5 << 20;

  public final byte[] bytes;

  /** The intended number of bytes; the last chunk may have fewer. */
  private int intended;

  private int length;
  private long start;
  private boolean last;

  /**
   * @param maxBytes the most bytes it can hold
   */
  public Chunk(int maxBytes) {
    bytes = new byte[maxBytes];
  }

  /** Reuses the chunk for bytes from {@code start} of the artifact. */
  public void begin(long start, int intended) {
    this.start = start;
    this.intended = intended;
    length = 0;
    last = false;
  }

  /**
   * @return the number of bytes copied
   */
  public int fill(byte[] from, int offset, int count) {
    int taken = Math.min(count, intended - length);
    System.arraycopy(from, offset, bytes, length, taken);
    length += taken;
    return taken;
  }

  /**
   * Accepts the first {@code count} bytes that {@link #bytes} holds already, up to the intended
   * number.
   */
  public void fill(int count) {
    length = Math.min(count, intended);
  }

  public boolean isFull() {
    return length == intended;
  }

  public void markLast() {
    last = true;
  }

  /** True if the artifact ends with this chunk. */
  public boolean isLast() {
    return last;
  }

  public int length() {
    return length;
  }

  /** The offset of its first byte in the artifact. */
  public long start() {
    return start;
  }

  /** The offset after its last byte. */
  public long end() {
    return start + length;
  }
}
