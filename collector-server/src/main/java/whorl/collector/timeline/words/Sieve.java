package whorl.collector.timeline.words;

import java.util.Arrays;

/**
 * A set of hashes that forgets which ones they were: it may say that one is there which is not,
 * never the contrary. Its bits are a power of two in number; a hash's is the one of its low bits.
 */
final class Sieve {
  static final int LEAST_LOG = 6;
  static final int GREATEST_LOG = 18;

  private final long[] words;

  Sieve(int bitsLog) {
    this(new long[1 << bitsLog - LEAST_LOG]);
  }

  /**
   * @param words a power of two
   */
  Sieve(long[] words) {
    this.words = words;
  }

  void add(int hash) {
    words[hash >>> LEAST_LOG & words.length - 1] |= 1L << hash;
  }

  boolean has(int hash) {
    return (words[hash >>> LEAST_LOG & words.length - 1] & 1L << hash) != 0;
  }

  /**
   * The same in as few words of 64 bits as tell it well.
   *
   * @param fullBits how many bits of 64 may be set
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
