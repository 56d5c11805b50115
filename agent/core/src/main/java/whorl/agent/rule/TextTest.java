package whorl.agent.rule;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Compares a text with a {@link WildcardText}: the stretches between {@code *} are looked for one
 * after the other, each at its leftmost place, which is enough and never goes back.
 *
 * <p>Unless cased, letters are compared one UTF-16 unit at a time by their simple upper and lower
 * case, in no locale, as {@link String#equalsIgnoreCase} does: {@code É} is {@code é}, but {@code
 * ß} is not {@code SS}. Nothing is allocated.
 */
final class TextTest implements ValueTest {
  /** Most files are opened to be read, so that to need it tells nothing. */
  private static final String COMMONPLACE = "read";

  private final Stretch[] stretches;
  private final boolean fromStart;
  private final boolean toEnd;
  private final int minLength;

  TextTest(WildcardText wanted, boolean cased) {
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
    boolean telling = longest.length() >= GramIndex.CHARS && !longest.equals(COMMONPLACE);
    return telling ? List.of(longest) : null;
  }

  @Override
  public long cost() {
    return fromStart || toEnd ? 2 : 20;
  }

  /** The characters a text that passes may end with, in both cases; null when any will do. */
  char @Nullable [] lastChars() {
    return toEnd && stretches.length > 0
        ? stretches[stretches.length - 1].charsAt(stretches[stretches.length - 1].length() - 1)
        : null;
  }

  /** As {@link #lastChars}, of the second character: paths all begin with the same. */
  char @Nullable [] secondChars() {
    return fromStart && stretches.length > 0 && stretches[0].length() > 1
        ? stretches[0].charsAt(1)
        : null;
  }

  /** Characters without {@code *}, at least one. */
  private static final class Stretch {
    private final byte[] kinds;
    private final char[] lower;
    private final char[] upper;
    private final char[] folded;
    private final boolean cased;

    /** The characters, if these alone can be looked for. */
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

    /** What may stand at a place; null when that is not a matter of two ASCII characters. */
    char @Nullable [] charsAt(int index) {
      return kinds[index] == WildcardText.LITERAL && lower[index] <= 127 && upper[index] <= 127
          ? new char[] {lower[index], upper[index]}
          : null;
    }

    /**
     * Whether it is at {@code at}; the text may be too short for that. The last character is
     * compared first: paths differ there sooner.
     */
    boolean isAt(String text, int at) {
      if (at + kinds.length > text.length()) {
        return false;
      }
      for (int i = kinds.length - 1; i >= 0; i--) {
        char c = text.charAt(at + i);
        if (c != lower[i] && c != upper[i] && !isOtherwise(c, i)) {
          return false;
        }
      }
      return true;
    }

    /** Wildcards, and letters whose two cases do not tell it all, such as the Kelvin sign. */
    private boolean isOtherwise(char c, int index) {
      return switch (kinds[index]) {
        case WildcardText.ONE -> true;
        case WildcardText.DASH -> WildcardText.isDash(c);
        default -> !cased && (c > 127 || lower[index] > 127) && fold(c) == folded[index];
      };
    }

    /** The leftmost place between {@code from} and {@code to}, or -1. */
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

    /** Of what is literally there. */
    String longestAscii() {
      StringBuilder literal = new StringBuilder(kinds.length);
      for (int i = 0; i < kinds.length; i++) {
        literal.append(kinds[i] == WildcardText.LITERAL ? lower[i] : Character.MAX_VALUE);
      }
      return GramIndex.longestAscii(literal);
    }
  }

  /** The one letter that stands for both cases. */
  static char fold(char c) {
    return Character.toLowerCase(Character.toUpperCase(c));
  }
}
