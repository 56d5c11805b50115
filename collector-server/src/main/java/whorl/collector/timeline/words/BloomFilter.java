package whorl.collector.timeline.words;

import java.util.Arrays;

/**
 * A Bloom filter: a set of hashes that may report absent hashes as present, but never the reverse.
 * The number of bits is a power of two; the low bits of a hash select its bit.
 */
final class BloomFilter {
  static final int MIN_LOG = 6;
  static final int MAX_LOG = 18;

  private final long[] words;

  BloomFilter(int bitsLog) {
    this(new long[1 << bitsLog - MIN_LOG]);
  }

  /**
   * @param words their number is a power of two
   */
  BloomFilter(long[] words) {
    this.words = words;
  }

  void add(int hash) {
    words[hash >>> MIN_LOG & words.length - 1] |= 1L << hash;
  }

  boolean has(int hash) {
    return (words[hash >>> MIN_LOG & words.length - 1] & 1L << hash) != 0;
  }

  /**
   * The same set in as few 64-bit words as keep it selective.
   *
   * @param fullBits the maximum average of set bits per word
   */
  long[] small(int fullBits) {
    long[] small = words.clone();
    while (small.length > 1) {
      long[] half = Arrays.copyOf(small, small.length / 2);
      long bits = 0;
      for (int i = 0; i < half.length; i++) {
        half[i] |= small[i + half.length];
        bits += Long.bitCount(half[i]);
      }
      if (bits > (long) fullBits * half.length) {
        break;
      }
      small = half;
    }
    return small;
  }

  void clear() {
    Arrays.fill(words, 0);
  }
}
