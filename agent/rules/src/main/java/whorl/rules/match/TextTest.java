package whorl.rules.match;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Compares a text with a {@link WildcardText}. Searches the stretches between {@code *} one after
 * the other, each at its leftmost position; backtracking is not needed.
 *
 * <p>Unless cased, letters are compared one UTF-16 unit at a time by their simple upper and lower
 * case, without a locale, as {@link String#equalsIgnoreCase} does: {@code É} equals {@code é}, but
 * {@code ß} does not equal {@code SS}. Nothing is allocated.
 */
public final class TextTest implements ValueTest {
  /** Most file opens are for reading, so this text selects nothing. */
  private static final String COMMON_TEXT = "read";

  private final Stretch[] stretches;
  private final boolean fromStart;
  private final boolean toEnd;
  private final int minLength;

  public TextTest(WildcardText wanted, boolean cased) {
    List<Stretch> found = new ArrayList<>();
    int from = 0;
    int chars = 0;
    for (int i = 0; i <= wanted.length(); i++) {
      if (i == wanted.length() || wanted.kind(i) == WildcardText.MANY) {
        if (i > from) {
          found.add(new Stretch(wanted, from, i, cased));
          chars += i - from;
        }
        from = i + 1;
      }
    }
    stretches = found.toArray(new Stretch[0]);
    minLength = chars;
    fromStart = wanted.length() == 0 || wanted.kind(0) != WildcardText.MANY;
    toEnd = wanted.length() == 0 || wanted.kind(wanted.length() - 1) != WildcardText.MANY;
  }

  @Override
  public boolean test(Object value) {
    String text = ValueTest.text(value);
    if (text.length() < minLength) {
      return false;
    }
    if (stretches.length == 0) {
      return !fromStart || text.isEmpty();
    }
    int first = 0;
    int beyond = stretches.length;
    int start = 0;
    int end = text.length();
    if (fromStart) {
      if (!stretches[0].isAt(text, 0)) {
        return false;
      }
      start = stretches[0].length();
      first = 1;
      if (beyond == 1) {
        return !toEnd || start == end;
      }
    }
    if (toEnd) {
      Stretch last = stretches[--beyond];
      end -= last.length();
      if (end < start || !last.isAt(text, end)) {
        return false;
      }
    }
    for (int i = first; i < beyond; i++) {
      int at = stretches[i].find(text, start, end);
      if (at < 0) {
        return false;
      }
      start = at + stretches[i].length();
    }
    return true;
  }

  @Override
  public @Nullable List<String> needs() {
    String longest = "";
    for (Stretch stretch : stretches) {
      String ascii = stretch.longestAscii();
      longest = ascii.length() > longest.length() ? ascii : longest;
    }
    boolean selective = longest.length() >= GramIndex.CHARS && !longest.equals(COMMON_TEXT);
    return selective ? List.of(longest) : null;
  }

  @Override
  public long cost() {
    return fromStart || toEnd ? 2 : 20;
  }

  /**
   * Whether a text passes if only its end is known: always, never or unknown.
   *
   * @param ending at least one character comes before it
   */
  Matcher ofEnding(String ending, Matcher unknown) {
    if (!fromStart && test(ending)) {
      return Logic.constant(true);
    }
    if (stretches.length == 0) {
      return Logic.constant(false);
    }
    Stretch last = stretches[stretches.length - 1];
    boolean tooShort =
        fromStart && toEnd && stretches.length == 1 && last.length() <= ending.length();
    return tooShort || (toEnd && !last.endsAlike(ending)) ? Logic.constant(false) : unknown;
  }

  /** The possible last characters of a passing text, in both cases; null for any. */
  char @Nullable [] lastChars() {
    return toEnd && stretches.length > 0
        ? stretches[stretches.length - 1].charsAt(stretches[stretches.length - 1].length() - 1)
        : null;
  }

  /** As {@link #lastChars}, for the second character, because all paths begin with the same one. */
  char @Nullable [] secondChars() {
    return fromStart && stretches.length > 0 && stretches[0].length() > 1
        ? stretches[0].charsAt(1)
        : null;
  }

  /** One or more characters without {@code *}. */
  private static final class Stretch {
    private final byte[] kinds;
    private final char[] lower;
    private final char[] upper;
    private final char[] folded;
    private final boolean cased;

    /** The characters, if a plain search for them is enough. */
    private final @Nullable String exact;

    Stretch(WildcardText text, int from, int to, boolean cased) {
      int length = to - from;
      this.kinds = new byte[length];
      this.lower = new char[length];
      this.upper = new char[length];
      this.folded = new char[length];
      this.cased = cased;
      boolean literal = true;
      for (int i = 0; i < length; i++) {
        char c = text.chars().charAt(from + i);
        kinds[i] = text.kind(from + i);
        lower[i] = cased ? c : Character.toLowerCase(c);
        upper[i] = cased ? c : Character.toUpperCase(c);
        folded[i] = fold(c);
        literal &= kinds[i] == WildcardText.LITERAL;
      }
      this.exact = literal && cased ? text.chars().substring(from, to) : null;
    }

    int length() {
      return kinds.length;
    }

    /** The possible characters at a position; null unless they are two ASCII characters. */
    char @Nullable [] charsAt(int index) {
      return kinds[index] == WildcardText.LITERAL && lower[index] <= 127 && upper[index] <= 127
          ? new char[] {lower[index], upper[index]}
          : null;
    }

    /**
     * True if the stretch is at {@code at}; false if the text is too short. Compares backwards,
     * because paths differ sooner at their end.
     */
    boolean isAt(String text, int at) {
      if (at + kinds.length > text.length()) {
        return false;
      }
      for (int i = kinds.length - 1; i >= 0; i--) {
        char c = text.charAt(at + i);
        if (c != lower[i] && c != upper[i] && !matchesSpecially(c, i)) {
          return false;
        }
      }
      return true;
    }

    /** True if a text may end both with this stretch and with {@code ending}. */
    boolean endsAlike(String ending) {
      int shared = Math.min(kinds.length, ending.length());
      for (int i = 1; i <= shared; i++) {
        char c = ending.charAt(ending.length() - i);
        int index = kinds.length - i;
        if (c != lower[index] && c != upper[index] && !matchesSpecially(c, index)) {
          return false;
        }
      }
      return true;
    }

    /** True for wildcards, and for letters with more than two cases, such as the Kelvin sign. */
    private boolean matchesSpecially(char c, int index) {
      return switch (kinds[index]) {
        case WildcardText.ONE -> true;
        case WildcardText.DASH -> WildcardText.isDash(c);
        default -> !cased && (c > 127 || lower[index] > 127) && fold(c) == folded[index];
      };
    }

    /** The leftmost position between {@code from} and {@code to}, or -1. */
    int find(String text, int from, int to) {
      int last = to - kinds.length;
      if (exact != null) {
        int at = text.indexOf(exact, from);
        return at <= last ? at : -1;
      }
      for (int at = from; at <= last; at++) {
        if (isAt(text, at)) {
          return at;
        }
      }
      return -1;
    }

    /** The longest ASCII run of the literal characters. */
    String longestAscii() {
      StringBuilder literal = new StringBuilder(kinds.length);
      for (int i = 0; i < kinds.length; i++) {
        literal.append(kinds[i] == WildcardText.LITERAL ? lower[i] : Character.MAX_VALUE);
      }
      return GramIndex.longestAscii(literal);
    }
  }

  /** The letter that represents both cases. */
  static char fold(char c) {
    return Character.toLowerCase(Character.toUpperCase(c));
  }
}
