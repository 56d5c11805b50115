package whorl.rules.match;

import java.util.Arrays;

/**
 * A Sigma string: literal characters and wildcards. {@code kinds[i]} is the kind of the character
 * at {@code i}.
 */
public final class WildcardText {
  /** The character itself. */
  static final byte LITERAL = 0;

  /** {@code ?}: any one UTF-16 unit. */
  static final byte ONE = 1;

  /** {@code *}: any number of UTF-16 units. */
  static final byte MANY = 2;

  /** One of the five dashes that Sigma's {@code windash} treats as equal. */
  static final byte DASH = 3;

  private static final String DASHES = "-/\u2013\u2014\u2015";

  private final String chars;
  private final byte[] kinds;

  private WildcardText(String chars, byte[] kinds) {
    this.chars = chars;
    this.kinds = kinds;
  }

  /** Returns a text without special characters. */
  public static WildcardText literal(String text) {
    return new WildcardText(text, new byte[text.length()]);
  }

  /**
   * Parses as in the Sigma specification's "Escaping": a backslash before {@code *}, {@code ?} or a
   * backslash makes it literal; any other backslash is literal.
   */
  public static WildcardText parse(String value) {
    StringBuilder chars = new StringBuilder(value.length());
    byte[] kinds = new byte[value.length()];
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      char next = i + 1 < value.length() ? value.charAt(i + 1) : 0;
      if (c == '\\' && (next == '*' || next == '?' || next == '\\')) {
        chars.append(next);
        i++;
      } else {
        kinds[chars.length()] = c == '*' ? MANY : c == '?' ? ONE : LITERAL;
        chars.append(c);
      }
    }
    return new WildcardText(chars.toString(), Arrays.copyOf(kinds, chars.length()));
  }

  static boolean isDash(char c) {
    return DASHES.indexOf(c) >= 0;
  }

  /** True if it has no wildcard. */
  public boolean isPlain() {
    for (byte kind : kinds) {
      if (kind != LITERAL) {
        return false;
      }
    }
    return true;
  }

  int length() {
    return kinds.length;
  }

  public String chars() {
    return chars;
  }

  byte kind(int index) {
    return kinds[index];
  }

  /** Adds {@code *} before or after the text, where it has none. */
  public WildcardText padded(boolean before, boolean after) {
    boolean first = before && (length() == 0 || kinds[0] != MANY);
    boolean last = after && (length() == 0 || kinds[length() - 1] != MANY);
    StringBuilder text = new StringBuilder();
    byte[] padded = new byte[length() + (first ? 1 : 0) + (last ? 1 : 0)];
    if (first) {
      text.append('*');
      padded[0] = MANY;
    }
    System.arraycopy(kinds, 0, padded, text.length(), length());
    text.append(chars);
    if (last) {
      padded[text.length()] = MANY;
      text.append('*');
    }
    return new WildcardText(text.toString(), padded);
  }

  /** Lets each dash that begins a word, as in an option, stand for any dash. */
  public WildcardText withAnyDash() {
    byte[] dashed = kinds.clone();
    for (int i = 0; i + 1 < length(); i++) {
      boolean begins = i == 0 || kinds[i - 1] != LITERAL || !isWord(chars.charAt(i - 1));
      boolean option = kinds[i + 1] == LITERAL && isWord(chars.charAt(i + 1));
      if (kinds[i] == LITERAL && isDash(chars.charAt(i)) && begins && option) {
        dashed[i] = DASH;
      }
    }
    return new WildcardText(chars, dashed);
  }

  private static boolean isWord(char c) {
    return Character.isLetterOrDigit(c) || c == '_';
  }
}
