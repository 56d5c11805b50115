package whorl.agent.redact;

import java.util.List;

/**
 * Masks {@code Bearer X}, {@code Basic X} and similar anywhere. If a word of prose follows, as in
 * "basic authentication", nothing is masked.
 */
final class AuthSchemes {
  private static final String[] SCHEMES = {
    "bearer", "basic", "negotiate", "digest", "ntlm", "apikey", "aws4-hmac-sha256"
  };
  private static final int MIN_CHARS = 8;

  private AuthSchemes() {}

  static String mask(String text) {
    MaskedText maskedText = null;
    int at = 0;
    while (at < text.length()) {
      char c = text.charAt(at);
      if (!Chars.alphanumeric(c)) {
        at++;
        continue;
      }
      int end = at;
      while (end < text.length() && Chars.alphanumeric(text.charAt(end))) {
        end++;
      }
      int start = isScheme(text, at, end) ? valueStart(text, end) : -1;
      if (start > 0) {
        int valueEnd = valueEnd(text, start);
        if (valueEnd - start >= MIN_CHARS && isCredential(text, start, valueEnd)) {
          maskedText = maskedText == null ? new MaskedText(text) : maskedText;
          maskedText.mask(start, valueEnd);
          end = valueEnd;
        }
      }
      at = end;
    }
    return maskedText == null ? text : maskedText.result();
  }

  /** The schemes that may precede a credential. */
  static List<String> names() {
    return List.of(SCHEMES);
  }

  /** True if this is the name of a scheme. */
  static boolean is(String word) {
    return isScheme(word, 0, word.length());
  }

  /** True if this is a credential after a scheme. */
  static boolean masks(String scheme, String credential) {
    String header = scheme.concat(" ").concat(credential);
    return !mask(header).equals(header);
  }

  private static boolean isScheme(String text, int from, int to) {
    for (String scheme : SCHEMES) {
      if (scheme.length() == to - from && Chars.at(text, from, scheme)) {
        return true;
      }
    }
    return false;
  }

  private static int valueStart(String text, int from) {
    if (text.startsWith("%20", from)) {
      return from + 3;
    }
    int at = Chars.skipBlanks(text, from);
    return at > from ? at : -1;
  }

  private static int valueEnd(String text, int from) {
    int end = from;
    while (end < text.length()
        && (Chars.base64(text.charAt(end)) || ".~=".indexOf(text.charAt(end)) >= 0)) {
      end++;
    }
    return end;
  }

  /** A word has no digits and no capital inside. */
  private static boolean isCredential(String text, int from, int to) {
    for (int i = from; i < to; i++) {
      char c = text.charAt(i);
      if (Chars.digit(c)
          || c == '='
          || (i > from && Chars.upper(c) && Chars.lower(text.charAt(i - 1)))) {
        return !ValueShape.isPath(text, from, to);
      }
    }
    return false;
  }
}
