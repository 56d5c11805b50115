package whorl.collector.timeline.words;

/**
 * Collects the grams of a block's texts, and of the group of blocks it belongs to. For one thread.
 */
final class Block {
  /**
   * The limit for the texts of a block. Further texts are not read; the block may hold any word.
   */
  static final long TEXT_MAX_BYTES = 8L << 20;

  private static final int THREES_LOG = 16;

  /** The most set bits of 64: then two in five absent grams are reported as present. */
  private static final int FOURS_FULL_BITS = 24;

  /**
   * The most set bits of 64; with two hashes, one in sixteen absent grams is reported as present.
   */
  private static final int THREES_FULL_BITS = 16;

  private static final int FOLDED_INITIAL = 4_096;

  private final BloomFilter fours = new BloomFilter(BloomFilter.MAX_LOG);
  private final BloomFilter threes = new BloomFilter(THREES_LOG);
  private byte[] folded = new byte[FOLDED_INITIAL];
  private boolean unreadTexts;
  private boolean unreadTextsInGroup;

  void add(byte[] text) {
    if (folded.length < text.length) {
      folded = new byte[text.length * 2];
    }
    addGrams(Folding.fold(text, folded));
  }

  /** Some texts of the block are not read, so it may hold any word. */
  void markTextsSkipped() {
    unreadTexts = true;
    unreadTextsInGroup = true;
  }

  /** Adds a number that belongs to a text. */
  void link(long link) {
    for (int i = 0; i < Grams.LINK_HASHES; i++) {
      fours.add(Grams.link(link, i));
    }
  }

  private void addGrams(int length) {
    int gram = 0;
    int letters = 0;
    for (int i = 0; i < length; i++) {
      byte letter = folded[i];
      gram = gram << 8 | letter & 0xFF;
      letters = letter == Folding.BREAK ? 0 : letters + 1;
      if (letters >= 3) {
        int three = Grams.hash(Grams.three(gram));
        threes.add(three);
        threes.add(Grams.second(three));
        if (letters >= 4) {
          fours.add(Grams.hash(gram));
        }
      }
    }
  }

  /** Returns the block's filter of four-byte grams and begins a new block. */
  long[] endBlock() {
    long[] filter = unreadTexts ? new long[] {-1L} : fours.small(FOURS_FULL_BITS);
    fours.clear();
    unreadTexts = false;
    return filter;
  }

  /** Returns the group's filter of three-byte grams and begins a new group. */
  long[] endGroup() {
    long[] filter = unreadTextsInGroup ? new long[] {-1L} : threes.small(THREES_FULL_BITS);
    threes.clear();
    unreadTextsInGroup = false;
    return filter;
  }
}
