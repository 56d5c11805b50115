package whorl.collector.timeline.words;

/**
 * Hashes of grams, which are three or four adjacent bytes of folded text, and of links, which are
 * numbers that belong to a text.
 */
final class Grams {
  /** The number of hashes per link. */
  static final int LINK_HASHES = 6;

  private static final int THREE = 0x00FF_FFFF;

  private Grams() {}

  /** The last three of four bytes. */
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
