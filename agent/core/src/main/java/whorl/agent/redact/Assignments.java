package whorl.agent.redact;

import java.util.Set;

/**
 * Finds {@code key=value}, {@code key: value}, {@code "key":"value"}, {@code --key value}, {@code
 * <key>value</key>}, {@code key%3Dvalue}, {@code KEY 'value'}, {@code key('value')} and {@code
 * IDENTIFIED BY 'value'} within a text and masks the values of secret keys. Written by hand, since
 * a regular expression would recurse once a character.
 */
final class Assignments {
  private static final String[] SCHEMES = {
    "basic ",
    "bearer ",
    "digest ",
    "negotiate ",
    "ntlm ",
    "token ",
    "apikey ",
    "basic%20",
    "bearer%20",
    "bearer+"
  };

  /** Number of characters of a value that decide whether it is a secret. */
  static final int DECIDE_CHARS = 128;

  /**
   * After a blank without a sign, only a random-looking word of at least this length is a value.
   */
  static final int BARE_VALUE_CHARS = 16;

  /** A member that each JSON Web Key has (RFC 7517). */
  static final String JWK = "kty";

  /** The secret members of a JSON Web Key. */
  private static final Set<String> JWK_SECRETS = Set.of("d", "p", "q", "dp", "dq", "qi", "k");

  private static final int JWK_SECRET_MAX_CHARS = 2;

  /** In SQL the word before {@code BY}, with the name of a method between them at most. */
  static final String IDENTIFIED = "identified";

  private static final int IDENTIFIED_WITHIN_CHARS = 64;

  /** How far before it the statement begins that makes or changes an account. */
  private static final int STATEMENT_WITHIN_CHARS = 256;

  private static final String[] STATEMENTS = {
    "create user", "alter user", "create role", "alter role", "grant "
  };

  private static final int INDEX_MAX_DIGITS = 9;

  private static final String JAR = ".jar";

  /** Words after {@code BY} that are no password; one of them is before a quoted one. */
  private static final String[] NO_PASSWORDS = {"password", "values", "random", "externally"};

  private final SecretNames names;

  Assignments(SecretNames names) {
    this.names = names;
  }

  /**
   * @param argument true if the text is one argument of a command line, in which a value may
   *     contain spaces, and which no attacker wrote
   */
  String mask(String text, boolean argument) {
    MaskedText maskedText = null;
    boolean jwk = Chars.find(text, 0, text.length(), JWK) >= 0;
    ListElements list = null;
    int keyStart = -1;
    int i = 0;
    while (i < text.length()) {
      if (list != null && i >= list.start()) {
        maskedText = maskedText == null ? new MaskedText(text) : maskedText;
        i = Math.max(i, list.next(i, maskedText, this));
        keyStart = -1;
        continue;
      }
      char c = text.charAt(i);
      if (keyChar(text, i)) {
        keyStart = keyStart < 0 ? i : keyStart;
        i++;
        continue;
      }
      int start = keyStart;
      keyStart = -1;
      if (start < 0) {
        i += width(text, i);
        continue;
      }
      int valueStart = valueStart(text, start, i);
      boolean bare = valueStart < 0 && c == ' ';
      if (bare) {
        valueStart = optionValueStart(text, start, i);
        bare = valueStart < 0;
        if (bare) {
          int from = Chars.skipBlanks(text, i);
          int end = bareEnd(text, start, i, from);
          if (end > from) {
            maskedText = maskedText == null ? new MaskedText(text) : maskedText;
            maskedText.mask(from, end);
            i = end;
          } else {
            i++;
          }
          continue;
        }
      }
      SecretNames.Level level =
          valueStart < 0 || valueStart >= text.length()
              ? SecretNames.Level.NONE
              : jwk && isJwkSecret(text, start, i, valueStart)
                  ? SecretNames.Level.STRONG
                  : names.of(text, start, i);
      if (level == SecretNames.Level.NONE) {
        i += width(text, i);
        continue;
      }
      boolean folders = isShellPath(text, start, i, valueStart) || isClassPath(text, start, i);
      if (!folders && mayBeList(text, i, valueStart)) {
        int inside = Chars.skipBlanks(text, valueStart + 1);
        if (c == ':' && wholeLine(text, start, i, inside)) {
          valueStart = inside;
        } else {
          boolean encoded = isEncoded(text, i);
          ListElements found = ListElements.at(text, level, valueStart, encoded, argument);
          if (found != null) {
            list = found;
            i = valueStart;
            continue;
          }
        }
      }
      int limit = Math.min(text.length(), valueStart + DECIDE_CHARS);
      int decideEnd = valueEnd(text, start, valueStart, i, limit, argument);
      if (folders || !ValueShape.isSecret(level, text, valueStart, decideEnd)) {
        i += width(text, i);
        continue;
      }
      int end =
          decideEnd < limit
              ? decideEnd
              : valueEnd(text, start, valueStart, i, text.length(), argument);
      maskedText = maskedText == null ? new MaskedText(text) : maskedText;
      int next =
          argument
              ? maskAll(valueStart, end, maskedText)
              : maskValue(text, start, valueStart, i, end, maskedText);
      i = Math.max(next, i + 1);
    }
    return maskedText == null ? text : maskedText.result();
  }

  /** False within quotes and elements, where a bracket is part of the value. */
  private static boolean mayBeList(String text, int keyEnd, int valueStart) {
    char sign = text.charAt(keyEnd);
    return (text.charAt(valueStart) == '[' || Percent.at(text, valueStart) == '[')
        && sign != '>'
        && !Chars.quote(text.charAt(valueStart - 1))
        && (valueStart < 3 || Percent.at(text, valueStart - 3) != '"');
  }

  private static boolean isJwkSecret(String text, int start, int end, int valueStart) {
    return end - start <= JWK_SECRET_MAX_CHARS
        && Chars.quote(text.charAt(valueStart - 1))
        && JWK_SECRETS.contains(text.substring(start, end));
  }

  private static int maskAll(int from, int to, MaskedText maskedText) {
    maskedText.mask(from, to);
    return to;
  }

  /** Masks a value except for an attack in it; returns where to continue. */
  private int maskValue(
      String text, int keyStart, int from, int keyEnd, int to, MaskedText maskedText) {
    boolean quoted = Chars.quote(text.charAt(from - 1));
    int payload = Payload.start(text, from, to);
    // An unclosed quote may be followed by other text, to which the attack may belong.
    if (payload < 0 || quoted && to >= text.length()) {
      return maskAll(from, to, maskedText);
    }
    if (!quoted && text.charAt(keyEnd) == ':' && wholeLine(text, keyStart, keyEnd, from)) {
      return HeaderParts.mask(text, from, to, maskedText, this);
    }
    maskedText.mask(from, payload);
    return to;
  }

  /** The shell's working folder PWD has a name like a password. */
  private static boolean isShellPath(String text, int start, int end, int valueStart) {
    return text.charAt(valueStart) == '/'
        && (isWord(text, start, end, "PWD") || isWord(text, start, end, "OLDPWD"));
  }

  /** True for a jar and the next one in a class path, also if its name has the one of a secret. */
  private static boolean isClassPath(String text, int start, int end) {
    return end - start > JAR.length()
        && text.charAt(end) == ':'
        && text.startsWith(JAR, end - JAR.length());
  }

  private static boolean isWord(String text, int start, int end, String word) {
    return end - start == word.length() && text.startsWith(word, start);
  }

  /** Returns where the value begins, if a key ended at {@code i}; -1 if there is none. */
  private static int valueStart(String text, int keyStart, int keyEnd) {
    int i = afterBrackets(text, keyEnd);
    if (i >= text.length()) {
      return -1;
    }
    if (text.charAt(i) == '%') {
      return encodedStart(text, i);
    }
    if (text.charAt(i) == '(') {
      return i + 2 < text.length() && Chars.quote(text.charAt(i + 1)) ? i + 2 : -1;
    }
    if (text.charAt(i) == '>' && elementBegins(text, keyStart)) {
      return i + 1 < text.length() && text.charAt(i + 1) != '<' ? i + 1 : -1;
    }
    int at = i;
    while (at < text.length() && text.charAt(at) == ']') {
      at++;
    }
    at = at > i && at < text.length() ? skipIndex(text, at) : at;
    at = skipQuote(text, at);
    at = Chars.skipBlanks(text, at);
    if (at >= text.length() || (text.charAt(at) != '=' && text.charAt(at) != ':')) {
      return -1;
    }
    // The scheme of a URL is not a key.
    if (text.startsWith("://", at)) {
      return -1;
    }
    char sign = text.charAt(at);
    at++;
    if (at < text.length()
        && (sign == '='
            ? text.charAt(at) == '>'
            : text.charAt(at) == ':' || text.charAt(at) == '=')) {
      at++;
    }
    at = Chars.skipBlanks(text, at);
    return skipQuote(text, isNationalText(text, at) ? at + 1 : at);
  }

  /** True if the sign after the name is percent-encoded, as all of its value is then. */
  private static boolean isEncoded(String text, int keyEnd) {
    int sign = text.charAt(keyEnd) == '%' ? afterBrackets(text, keyEnd) : keyEnd;
    return sign < text.length() && text.charAt(sign) == '%';
  }

  /**
   * After the index, and the encoded end of a bracket, as in {@code user%5Bpasswords%5D%5B0%5D}.
   */
  private static int afterBrackets(String text, int keyEnd) {
    int at = skipIndex(text, keyEnd);
    int end = at;
    while (Percent.at(text, end) == ']') {
      end += 3;
    }
    return end > at && end < text.length() ? skipIndex(text, end) : end;
  }

  /** After the index in {@code passwords[0]}, {@code password[]} and {@code password%5B0%5D}. */
  private static int skipIndex(String text, int from) {
    boolean encoded = Percent.at(text, from) == '[';
    if (!encoded && text.charAt(from) != '[') {
      return from;
    }
    int at = from + (encoded ? 3 : 1);
    int limit = Math.min(text.length(), at + INDEX_MAX_DIGITS);
    while (at < limit && Chars.digit(text.charAt(at))) {
      at++;
    }
    if (encoded) {
      return Percent.at(text, at) == ']' ? at + 3 : from;
    }
    return at < text.length() && text.charAt(at) == ']' ? at + 1 : from;
  }

  /** True for {@code N'x'} of SQL. */
  private static boolean isNationalText(String text, int at) {
    return text.startsWith("N'", at);
  }

  /** True if the name is an XML element's, optionally with a namespace. */
  private static boolean elementBegins(String text, int nameStart) {
    int at = nameStart - 1;
    if (at > 0 && text.charAt(at) == ':') {
      at--;
      while (at > 0 && nameStart - at < 32 && Chars.token(text.charAt(at))) {
        at--;
      }
    }
    return at >= 0 && text.charAt(at) == '<';
  }

  /** {@code %3D}, {@code %3A}, or {@code %22%3A%22} as in JSON in a query. */
  private static int encodedStart(String text, int from) {
    int at = from;
    if (Percent.at(text, at) == '"') {
      at += 3;
    }
    char sign = Percent.at(text, at);
    if (sign != '=' && sign != ':') {
      return -1;
    }
    at += 3;
    while (Percent.at(text, at) == ' ') {
      at += 3;
    }
    return Percent.at(text, at) == '"' ? at + 3 : at;
  }

  private static int skipQuote(String text, int from) {
    int at = from;
    while (at < text.length() && text.charAt(at) == '\\') {
      at++;
    }
    return at < text.length() && Chars.quote(text.charAt(at)) ? at + 1 : from;
  }

  /** Returns the start of the value of {@code --key value}; -1 if there is none. */
  private static int optionValueStart(String text, int keyStart, int keyEnd) {
    if (text.charAt(keyStart) != '-') {
      return -1;
    }
    int at = Chars.skipBlanks(text, keyEnd);
    return at < text.length() && text.charAt(at) != '-' ? skipQuote(text, at) : -1;
  }

  /** Handles {@code IDENTIFIED BY 'x'} and {@code PASSWORD 'x'}, and values that look random. */
  private int bareEnd(String text, int keyStart, int keyEnd, int start) {
    if (start >= text.length()) {
      return -1;
    }
    boolean identified = isIdentifiedBy(text, keyStart, keyEnd);
    if (Chars.quote(text.charAt(start))) {
      return identified
              || Chars.at(text, keyStart, "password")
              || Chars.at(text, keyStart, "passphrase")
          ? quotedEnd(text, start + 1, text.charAt(start), false, text.length())
          : -1;
    }
    int limit = Math.min(text.length(), start + DECIDE_CHARS);
    int end = unquotedEnd(text, start, limit, false);
    if (identified && isStatement(text, keyStart) && !isNoPassword(text, start)) {
      return end;
    }
    return end - start >= BARE_VALUE_CHARS
            && ValueShape.isRandom(text, start, end)
            && names.of(text, keyStart, keyEnd) == SecretNames.Level.STRONG
        ? end
        : -1;
  }

  /** True for the {@code BY} of {@code IDENTIFIED BY}, or of {@code IDENTIFIED WITH method BY}. */
  private static boolean isIdentifiedBy(String text, int keyStart, int keyEnd) {
    return keyEnd - keyStart == 2
        && Chars.at(text, keyStart, "by")
        && Chars.find(text, Math.max(0, keyStart - IDENTIFIED_WITHIN_CHARS), keyStart, IDENTIFIED)
            >= 0;
  }

  /** Prose is identified by many things, and only a statement by a password without quotes. */
  private static boolean isStatement(String text, int at) {
    for (String statement : STATEMENTS) {
      if (Chars.find(text, Math.max(0, at - STATEMENT_WITHIN_CHARS), at, statement) >= 0) {
        return true;
      }
    }
    return false;
  }

  private static boolean isNoPassword(String text, int start) {
    for (String word : NO_PASSWORDS) {
      if (Chars.at(text, start, word)) {
        return true;
      }
    }
    return false;
  }

  private static int valueEnd(
      String text, int keyStart, int start, int keyEnd, int limit, boolean argument) {
    if (isEncoded(text, keyEnd)) {
      return encodedEnd(text, start, limit);
    }
    if (text.charAt(keyEnd) == '>') {
      int end = text.indexOf('<', start);
      if (end < 0) {
        return unquotedEnd(text, start, limit, argument);
      }
      return Math.min(end, limit);
    }
    if (start > 0 && Chars.quote(text.charAt(start - 1))) {
      boolean escaped = start > 1 && text.charAt(start - 2) == '\\';
      return quotedEnd(text, start, text.charAt(start - 1), escaped, limit);
    }
    if (text.charAt(keyEnd) == ':' && wholeLine(text, keyStart, keyEnd, start)) {
      return lineEnd(text, start, limit);
    }
    return schemeAndValueEnd(text, start, limit, argument);
  }

  /** The end of a value without quotes, after a scheme such as {@code Basic}. */
  static int schemeAndValueEnd(String text, int start, int limit, boolean argument) {
    int at = start;
    for (String scheme : SCHEMES) {
      if (Chars.at(text, at, scheme)) {
        at = Chars.skipBlanks(text, at + scheme.length());
        break;
      }
    }
    return unquotedEnd(text, at, limit, argument);
  }

  /** True for headers whose value has several parts. */
  private static boolean wholeLine(String text, int keyStart, int keyEnd, int start) {
    return Chars.at(text, keyEnd - Math.min(6, keyEnd - keyStart), "cookie")
        || (Chars.at(text, keyEnd - Math.min(13, keyEnd - keyStart), "authorization")
            && (Chars.at(text, start, "digest ")
                || Chars.at(text, start, "oauth ")
                || Chars.at(text, start, "aws4-")));
  }

  private static int unquotedEnd(String text, int start, int limit, boolean argument) {
    int at = start;
    boolean brace = false;
    boolean parenthesis = false;
    while (at < limit) {
      char c = text.charAt(at);
      if (Chars.quote(c) && !argument && at > start && text.charAt(at - 1) == '(') {
        // A function of the value, as in PASSWORD('x').
        at = Math.min(limit, quotedEnd(text, at + 1, c, false, limit) + 1);
        continue;
      }
      if (lineEnd(c) || (!argument && (Chars.space(c) || Chars.quote(c) || c == '<'))) {
        break;
      }
      if ((c == ',' || c == ';' || c == '&') && assignmentFollows(text, at + 1)) {
        break;
      }
      // The end of the enclosing text, as in {password=x, user=y}.
      if (!argument && (c == '}' && !brace || c == ')' && !parenthesis) && closes(text, at)) {
        break;
      }
      brace |= c == '{';
      parenthesis |= c == '(';
      at++;
    }
    return at;
  }

  private static boolean closes(String text, int at) {
    return at + 1 == text.length() || !Character.isLetterOrDigit(text.charAt(at + 1));
  }

  static int encodedEnd(String text, int start, int limit) {
    boolean quoted = start >= 3 && Percent.at(text, start - 3) == '"';
    int at = start;
    while (at < limit) {
      char c = text.charAt(at);
      char decoded = Percent.at(text, at);
      if (Chars.space(c)
          || c == '&'
          || Chars.quote(c)
          || decoded == '&'
          || decoded == '#'
          || (quoted ? decoded == '"' : decoded == ' ' || decoded == '"' || decoded == ';')) {
        break;
      }
      at++;
    }
    return at;
  }

  private static int quotedEnd(String text, int start, char quote, boolean escaped, int limit) {
    int at = start;
    while (at < limit) {
      char c = text.charAt(at);
      if (c == quote || (escaped && c == '\\' && text.startsWith(String.valueOf(quote), at + 1))) {
        return at;
      }
      at += c == '\\' ? 2 : 1;
    }
    return Math.min(at, limit);
  }

  private static int lineEnd(String text, int start, int limit) {
    int at = start;
    while (at < limit && !lineEnd(text.charAt(at))) {
      at++;
    }
    return at;
  }

  /** A comma may belong to the secret, unless another assignment follows. */
  static boolean assignmentFollows(String text, int from) {
    int at = Chars.skipBlanks(text, from);
    if (at < text.length() && Chars.quote(text.charAt(at))) {
      at++;
    }
    int keyStart = at;
    while (at < text.length() && keyChar(text, at)) {
      at++;
    }
    return at > keyStart && at < text.length() && valueStart(text, keyStart, at) >= 0;
  }

  /** 3 for an encoded sign of ASCII, so that the digits of its code are no part of a name. */
  private static int width(String text, int at) {
    char decoded = Percent.at(text, at);
    return decoded != 0 && decoded < 0x80 ? 3 : 1;
  }

  /** True for letters, digits, {@code _ - .}, and their percent-encoding. */
  private static boolean keyChar(String text, int at) {
    char c = text.charAt(at);
    if (c == '%') {
      char decoded = Percent.at(text, at);
      return decoded != 0 && (Character.isLetterOrDigit(decoded) || Chars.token(decoded));
    }
    return Character.isLetterOrDigit(c) || c == '_' || c == '-' || c == '.';
  }

  private static boolean lineEnd(char c) {
    return c == '\n' || c == '\r' || c == 0;
  }
}
