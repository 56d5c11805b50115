package whorl.collector.timeline.words;

/**
 * Hashes of what folded text consists of: each three and each four bytes that stand together, and
 * links, which are numbers that a text has beside it.
 */
final class Grams {
  /** How many hashes a link has. */
  static final int LINK_HASHES = 6;

  private static final int THREE = 0x00FF_FFFF;

  private Grams() {}

  /** The bytes of the last three, of four in a row. */
  static int three(int four) {
    return four & THREE;
  }

  static int hash(int gram) {
    int mixed = gram * 0x9E37_79B1;
    return mixed ^ mixed >>> 15;
  }

  static int second(int hash) {
    return Integer.rotateLeft(hash, 16);
  }

  /**
   * @param number from 0, below {@link #LINK_HASHES}
   */
  static int link(long link, int number) {
    long mixed = (link + number) * 0x9E37_79B9_7F4A_7C15L;
    mixed ^= mixed >>> 32;
    return (int) (mixed * 0xD6E8_FEB8_6659_FD93L >>> 32);
  }
}
