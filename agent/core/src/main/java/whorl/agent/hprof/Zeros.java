package whorl.agent.hprof;

/**
 * Sets zeros by copying. The reader of a dump runs only with the C1 compiler, whose copies use a
 * hand-written stub, but whose fills go byte by byte.
 */
final class Zeros {
  private static final byte[] ZEROS = new byte[8 << 10];

  private Zeros() {}

  static void fill(byte[] bytes, int offset, int length) {
    int from = offset;
    int left = length;
    while (left > 0) {
      int part = Math.min(left, ZEROS.length);
      System.arraycopy(ZEROS, 0, bytes, from, part);
      from += part;
      left -= part;
    }
  }
}
