package whorl.rules.match;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Finds the rules that a text may match, in one pass over the text for any number of rules. Each
 * required text of a rule ({@link RequiredTexts}) is indexed by its rarest 4-gram. A bit set
 * rejects most positions before the lookup in a hash table. Immutable, allocates nothing;
 * thread-safe.
 */
public final class GramIndex {
  /** Length of a gram. */
  static final int CHARS = 4;

  private static final int MIX = 0x9E3779B1;
  private static final int SLOTS_PER_GRAM = 4;
  private static final int BITS_PER_GRAM = 64;
  private static final int MIN_BITS = 1 << 12;
  private static final int MAX_BITS = 1 << 20;
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
    int bits = powerOfTwo(Math.min(MAX_BITS / 2, rulesByGram.size() * BITS_PER_GRAM), MIN_BITS);
    mayBegin = new long[bits / Long.SIZE];
    bitShift = Integer.numberOfLeadingZeros(bits) + 1;
    int slots = powerOfTwo(rulesByGram.size() * SLOTS_PER_GRAM, 2);
    grams = new int[slots];
    rules = new int[slots][];
    Arrays.fill(rules, FREE);
    slotShift = Integer.numberOfLeadingZeros(slots) + 1;
    rulesByGram.forEach((gram, ruleIds) -> put(gram, ruleIds.stream().toArray()));
  }

  private static int powerOfTwo(int atLeast, int min) {
    return Math.max(min, Integer.highestOneBit(Math.max(1, atLeast - 1)) << 1);
  }

  private void put(int gram, int[] ruleIds) {
    int bit = gram * MIX >>> bitShift;
    mayBegin[bit >>> 6] |= 1L << bit;
    int slot = gram * MIX >>> slotShift;
    while (rules[slot] != FREE) {
      slot = slot + 1 & grams.length - 1;
    }
    grams[slot] = gram;
    rules[slot] = ruleIds;
  }

  /**
   * Sets the bits of the rules whose required text occurs in {@code text}, and perhaps of others.
   *
   * @return true if there are any
   */
  public boolean find(String text, long[] found) {
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

  /** Sets the bits of all rules in the index. */
  public void findAll(long[] found) {
    for (int[] ruleIds : rules) {
      set(ruleIds, found);
    }
  }

  private boolean add(int gram, long[] found) {
    int slot = gram * MIX >>> slotShift;
    for (int[] ruleIds = rules[slot]; ruleIds != FREE; ruleIds = rules[slot]) {
      if (grams[slot] == gram) {
        set(ruleIds, found);
        return true;
      }
      slot = slot + 1 & grams.length - 1;
    }
    return false;
  }

  private static void set(int[] ruleIds, long[] found) {
    for (int rule : ruleIds) {
      found[rule >>> 6] |= 1L << rule;
    }
  }

  /** Folds non-ASCII letters whose other case is ASCII, as {@link TextTest} compares them. */
  private static int fold(char c) {
    char folded = TextTest.fold(c);
    return folded < ASCII ? folded : ASCII;
  }

  /** The longest run of ASCII in the text, in lower case; may be empty. */
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

  /** Collects the texts that rules require in one field. */
  public static final class Builder {
    private final Map<String, BitSet> rulesByText = new HashMap<>();

    public void add(String text, int rule) {
      rulesByText.computeIfAbsent(text, none -> new BitSet()).set(rule);
    }

    public GramIndex build() {
      Map<Integer, Integer> uses = new HashMap<>();
      for (String text : rulesByText.keySet()) {
        for (int gram : grams(text)) {
          uses.merge(gram, 1, Integer::sum);
        }
      }
      Map<Integer, BitSet> rulesByGram = new HashMap<>();
      rulesByText.forEach(
          (text, ruleIds) -> {
            int rarest = 0;
            int fewest = Integer.MAX_VALUE;
            for (int gram : grams(text)) {
              int used = uses.getOrDefault(gram, 0);
              if (used <= fewest) {
                fewest = used;
                rarest = gram;
              }
            }
            rulesByGram.computeIfAbsent(rarest, none -> new BitSet()).or(ruleIds);
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
