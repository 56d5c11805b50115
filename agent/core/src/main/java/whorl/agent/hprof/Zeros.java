package whorl.agent.hprof;

/**
 * Zeros by copying. The reader of a dump runs with the client compiler alone, which copies with a
 * stub written by hand but fills byte by byte.
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
