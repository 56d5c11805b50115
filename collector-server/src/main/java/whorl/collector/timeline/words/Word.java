package whorl.collector.timeline.words;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.IntStream;

/** A search word as hashes: a text that contains the word, ignoring case, has all of them. */
public final class Word {
  private final int[] threes;
  private final int[] fours;

  private Word(int[] threes, int[] fours) {
    this.threes = threes;
    this.fours = fours;
  }

  public static Word of(String word) {
    byte[] utf8 = withoutLoneSurrogates(word).getBytes(StandardCharsets.UTF_8);
    byte[] folded = new byte[utf8.length];
    int length = Folding.fold(utf8, folded);
    return new Word(hashes(folded, length, 3), hashes(folded, length, 4));
  }

  /** Lone surrogates become {@link Folding#BREAK}, because DuckDB may replace them. */
  private static String withoutLoneSurrogates(String word) {
    return word.codePoints()
        .map(
            letter ->
                letter >= Character.MIN_SURROGATE && letter <= Character.MAX_SURROGATE
                    ? Folding.BREAK
                    : letter)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }

  private static int[] hashes(byte[] folded, int length, int bytes) {
    IntStream.Builder hashes = IntStream.builder();
    int gram = 0;
    int letters = 0;
    for (int i = 0; i < length; i++) {
      gram = gram << 8 | folded[i] & 0xFF;
      letters = folded[i] == Folding.BREAK ? 0 : letters + 1;
      if (letters >= bytes) {
        hashes.add(Grams.hash(bytes == 3 ? Grams.three(gram) : gram));
      }
    }
    return hashes.build().distinct().toArray();
  }

  /** True if the word has no grams to look up, so that it may occur anywhere. */
  boolean isAnything() {
    return threes.length == 0;
  }

  boolean inGroup(BloomFilter group) {
    return Arrays.stream(threes).allMatch(hash -> group.has(hash) && group.has(Grams.second(hash)));
  }

  boolean inBlock(BloomFilter block) {
    return Arrays.stream(fours).allMatch(block::has);
  }
}
