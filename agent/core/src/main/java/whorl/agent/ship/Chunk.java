package whorl.agent.ship;

/**
 * One piece of a {@link DirectUpload}, kept until the collector has it. For one thread at a time.
 */
final class Chunk {
  static final int MAX_BYTES = 1 << 20;

  final byte[] bytes = new byte[MAX_BYTES];

  /** How many there shall be; fewer when it is the last. */
  private int wanted;

  private int length;
  private long start;
  private boolean last;

  /** Takes it into use for what begins at {@code start} of the artifact. */
  void begin(long start, int wanted) {
    this.start = start;
    this.wanted = wanted;
    length = 0;
    last = false;
  }

  /**
   * @return how many of them were taken
   */
  int fill(byte[] from, int offset, int count) {
    int taken = Math.min(count, wanted - length);
    System.arraycopy(from, offset, bytes, length, taken);
    length += taken;
    return taken;
  }

  /** Takes as many as there are wanted at most, of whatever {@link #bytes} holds. */
  void fill(int count) {
    length = Math.min(count, wanted);
  }

  boolean isFull() {
    return length == wanted;
  }

  void markLast() {
    last = true;
  }

  /** Whether the artifact ends with it. */
  boolean isLast() {
    return last;
  }

  int length() {
    return length;
  }

  /** The offset of its first byte in the artifact. */
  long start() {
    return start;
  }

  /** The offset after its last byte. */
  long end() {
    return start + length;
  }
}
