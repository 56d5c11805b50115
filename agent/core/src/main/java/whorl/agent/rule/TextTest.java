package whorl.agent.rule;

import java.util.ArrayList;
import java.util.List;

/**
 * Compares a text with a {@link WildcardText}: the stretches between {@code *} are looked for one
 * after the other, each at its leftmost place, which is enough and never goes back.
 *
 * <p>Unless cased, letters are compared one UTF-16 unit at a time by their simple upper and lower
 * case, in no locale, as {@link String#regionMatches(boolean, int, String, int, int)} does: {@code
 * É} is {@code é}, but {@code ß} is not {@code SS}. Nothing is allocated.
 */
final class TextTest implements ValueTest {
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
  public long cost() {
    return fromStart || toEnd ? 2 : 20;
  }

  /** Characters without {@code *}, at least one. */
  private static final class Stretch {
    private final String chars;
    private final byte[] kinds;
    private final boolean plain;
    private final boolean cased;
    private final char lower;
    private final char upper;
    private final char folded;

    Stretch(WildcardText text, int from, int to, boolean cased) {
      this.chars = text.chars().substring(from, to);
      this.kinds = new byte[to - from];
      boolean literal = true;
      for (int i = from; i < to; i++) {
        kinds[i - from] = text.kind(i);
        literal &= text.kind(i) == WildcardText.LITERAL;
      }
      this.plain = literal;
      this.cased = cased;
      char first = chars.charAt(0);
      this.lower = Character.toLowerCase(first);
      this.upper = Character.toUpperCase(first);
      this.folded = fold(first);
    }

    int length() {
      return chars.length();
    }

    /** Whether it is at {@code at}; the text may be too short for that. */
    boolean isAt(String text, int at) {
      if (plain) {
        return text.regionMatches(!cased, at, chars, 0, chars.length());
      }
      if (at + chars.length() > text.length()) {
        return false;
      }
      for (int i = 0; i < kinds.length; i++) {
        if (!isOne(text.charAt(at + i), i)) {
          return false;
        }
      }
      return true;
    }

    private boolean isOne(char c, int index) {
      return switch (kinds[index]) {
        case WildcardText.ONE -> true;
        case WildcardText.DASH -> WildcardText.isDash(c);
        default -> {
          char wanted = chars.charAt(index);
          yield c == wanted || (!cased && fold(c) == fold(wanted));
        }
      };
    }

    /** The leftmost place between {@code from} and {@code to}, or -1. */
    int find(String text, int from, int to) {
      int last = to - chars.length();
      if (plain && cased) {
        int at = text.indexOf(chars, from);
        return at <= last ? at : -1;
      }
      for (int at = from; at <= last; at++) {
        if (mayBeginWith(text.charAt(at)) && isAt(text, at)) {
          return at;
        }
      }
      return -1;
    }

    private boolean mayBeginWith(char c) {
      return !plain
          || c == lower
          || c == upper
          || c == folded
          || (c > 127 && (Character.isSurrogate(c) || fold(c) == folded));
    }

    private static char fold(char c) {
      return Character.toLowerCase(Character.toUpperCase(c));
    }
  }
}
