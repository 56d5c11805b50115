package whorl.agent.rule;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Which rules a text is of any interest to, found in one pass over it, however many rules there
 * are. Of each text that a rule needs ({@link RequiredTexts}) four characters stand for the whole,
 * those that the fewest needs share; a bit set tells nearly all places of a text that begin none of
 * them, and a hash table the rest. Immutable, allocates nothing, and may be used by any thread.
 */
final class GramIndex {
  /** Of a gram. */
  static final int CHARS = 4;

  private static final int MIX = 0x9E3779B1;
  private static final int SLOTS_PER_GRAM = 4;
  private static final int BITS_PER_GRAM = 64;
  private static final int LEAST_BITS = 1 << 12;
  private static final int MOST_BITS = 1 << 20;
  private static final int ASCII = 128;
  private static final int[] FREE = {};
  private static final byte[] FOLDED = new byte[ASCII];

  static {
    for (int i = 0; i < ASCII; i++) {
      FOLDED[i] = (byte) (i >= 'A' && i <= 'Z' ? i + ('a' - 'A') : i);
    }
  }

  private final long[] mayBegin;
  private final int bitShift;
  private final int[] grams;
  private final int[][] rules;
  private final int slotShift;

  private GramIndex(Map<Integer, BitSet> rulesByGram) {
    int bits = powerOfTwo(Math.min(MOST_BITS / 2, rulesByGram.size() * BITS_PER_GRAM), LEAST_BITS);
    mayBegin = new long[bits / Long.SIZE];
    bitShift = Integer.numberOfLeadingZeros(bits) + 1;
    int slots = powerOfTwo(rulesByGram.size() * SLOTS_PER_GRAM, 2);
    grams = new int[slots];
    rules = new int[slots][];
    Arrays.fill(rules, FREE);
    slotShift = Integer.numberOfLeadingZeros(slots) + 1;
    rulesByGram.forEach((gram, those) -> put(gram, those.stream().toArray()));
  }

  private static int powerOfTwo(int atLeast, int least) {
    return Math.max(least, Integer.highestOneBit(Math.max(1, atLeast - 1)) << 1);
  }

  private void put(int gram, int[] those) {
    int bit = gram * MIX >>> bitShift;
    mayBegin[bit >>> 6] |= 1L << bit;
    int slot = gram * MIX >>> slotShift;
    while (rules[slot] != FREE) {
      slot = slot + 1 & grams.length - 1;
    }
    grams[slot] = gram;
    rules[slot] = those;
  }

  /**
   * Sets the bits of the rules that need something which stands in the text, and maybe others.
   *
   * @return whether there are any
   */
  boolean find(String text, long[] found) {
    boolean any = false;
    int gram = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      gram = gram << 8 | (c < ASCII ? FOLDED[c] : fold(c));
      int bit = gram * MIX >>> bitShift;
      if ((mayBegin[bit >>> 6] & 1L << bit) != 0) {
        any |= add(gram, found);
      }
    }
    return any;
  }

  /** Sets the bits of all rules that it has. */
  void findAll(long[] found) {
    for (int[] those : rules) {
      set(those, found);
    }
  }

  private boolean add(int gram, long[] found) {
    int slot = gram * MIX >>> slotShift;
    for (int[] those = rules[slot]; those != FREE; those = rules[slot]) {
      if (grams[slot] == gram) {
        set(those, found);
        return true;
      }
      slot = slot + 1 & grams.length - 1;
    }
    return false;
  }

  private static void set(int[] those, long[] found) {
    for (int rule : those) {
      found[rule >>> 6] |= 1L << rule;
    }
  }

  /** Letters beyond ASCII whose other case is within it, as {@link TextTest} compares them. */
  private static int fold(char c) {
    char folded = TextTest.fold(c);
    return folded < ASCII ? folded : ASCII;
  }

  /** The longest stretch of ASCII in the text, without upper-case letters; may be empty. */
  static String longestAscii(CharSequence text) {
    String longest = "";
    StringBuilder stretch = new StringBuilder();
    for (int i = 0; i <= text.length(); i++) {
      char c = i < text.length() ? text.charAt(i) : ASCII;
      if (c < ASCII) {
        stretch.append((char) FOLDED[c]);
      } else {
        longest = stretch.length() > longest.length() ? stretch.toString() : longest;
        stretch.setLength(0);
      }
    }
    return longest;
  }

  /** Gathers what rules need of one field. */
  static final class Builder {
    private final Map<String, BitSet> rulesByText = new HashMap<>();

    void add(String text, int rule) {
      rulesByText.computeIfAbsent(text, none -> new BitSet()).set(rule);
    }

    GramIndex build() {
      Map<Integer, Integer> uses = new HashMap<>();
      for (String text : rulesByText.keySet()) {
        for (int gram : grams(text)) {
          uses.merge(gram, 1, Integer::sum);
        }
      }
      Map<Integer, BitSet> rulesByGram = new HashMap<>();
      rulesByText.forEach(
          (text, those) -> {
            int rarest = 0;
            int least = Integer.MAX_VALUE;
            for (int gram : grams(text)) {
              int used = uses.getOrDefault(gram, 0);
              if (used <= least) {
                least = used;
                rarest = gram;
              }
            }
            rulesByGram.computeIfAbsent(rarest, none -> new BitSet()).or(those);
          });
      return new GramIndex(rulesByGram);
    }

    private static List<Integer> grams(String text) {
      List<Integer> grams = new ArrayList<>();
      int gram = 0;
      for (int i = 0; i < text.length(); i++) {
        gram = gram << 8 | text.charAt(i);
        if (i >= CHARS - 1) {
          grams.add(gram);
        }
      }
      return grams;
    }
  }
}
