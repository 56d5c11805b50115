package whorl.agent.redact;

import org.jspecify.annotations.Nullable;

/**
 * The elements of a list after the name of a secret, one after another: {@code [a, b]}, {@code
 * ["a","b"]}, {@code %5B%22a%22%2C%22b%22%5D}. Each is judged by itself.
 *
 * <p>In a list that is closed an element without quotes may have several words, as the headers of a
 * request do. One that is not closed may be a value that begins with a bracket.
 */
final class ListElements {
  /** A list without quotes is not looked at any further for its end. */
  private static final int MAX_CHARS = 4096;

  /** So many lists may be within one, so that a text full of brackets takes no longer. */
  private static final int MAX_INSIDE = 8;

  /** Characters that may follow the end of a list, apart from blanks. */
  private static final String AFTER = ",;&)}]<\"'\\#";

  private static final int NONE = Integer.MAX_VALUE;

  private final String text;
  private final SecretNames.Level level;
  private final boolean encoded;
  private final boolean argument;

  /** Where the list ends; -1 if it is not closed. */
  private final int close;

  /** Where the next element begins, after its quote. */
  private int start;

  private boolean quoted;

  /** True once an element came before this one. */
  private boolean later;

  private ListElements(
      String text, SecretNames.Level level, int from, boolean encoded, boolean argument) {
    this.text = text;
    this.level = level;
    this.encoded = encoded;
    this.argument = argument;
    this.close = close(from);
    begin(from);
  }

  /** The list whose bracket is here; null if it is part of a value. */
  static @Nullable ListElements at(
      String text, SecretNames.Level level, int at, boolean encodedKey, boolean argument) {
    boolean encodedBracket = text.charAt(at) == '%';
    int from = at + (encodedBracket ? 3 : 1);
    ListElements list = new ListElements(text, level, from, encodedKey || encodedBracket, argument);
    boolean isList =
        argument ? list.close >= 0 && list.start != NONE : list.close >= 0 || list.start != NONE;
    return isList ? list : null;
  }

  /** Where the next element begins; beyond each text if there is none. */
  int start() {
    return start;
  }

  /**
   * Masks this element if it is a secret and goes to the next; returns where to continue.
   *
   * @param passed what is before it was shown or masked already
   */
  int next(int passed, MaskedText maskedText, Assignments within) {
    int from = Math.max(start, passed);
    int limit = Math.min(text.length(), from + Assignments.DECIDE_CHARS);
    int end = end(limit);
    if (!ValueShape.isSecret(level, text, from, end) && !isOneOfNumbers(from, end)) {
      boolean isCut = end == limit && close < 0 && !quoted;
      follow(isCut ? text.length() : end == limit ? end(text.length()) : end);
      return from;
    }
    end = end < limit ? end : end(text.length());
    int payload = argument ? -1 : Payload.start(text, from, end);
    // An unclosed quote may be followed by other text, to which the attack may belong.
    if (payload < 0 || quoted && end >= text.length()) {
      maskedText.mask(from, end);
    } else if (quoted) {
      maskedText.mask(from, payload);
    } else {
      HeaderParts.mask(text, from, end, maskedText, within);
    }
    follow(end);
    return end;
  }

  /** True for one of several, such as the bytes of a key: together they are the secret. */
  private boolean isOneOfNumbers(int from, int end) {
    return level != SecretNames.Level.WEAK
        && !quoted
        && end > from
        && (later || sign(skipBlanks(end)) == ',')
        && ValueShape.isNumber(text, from, end);
  }

  /** Goes to the element after the one that ends here. */
  private void follow(int end) {
    int at = skipBlanks(quoted ? skipQuote(end) : end);
    start = NONE;
    later = true;
    if (close >= 0 && at < close && sign(at) != ',') {
      begin(at); // whatever else is within the list
      return;
    }
    if (sign(at) != ',' || close >= 0 && at >= close) {
      return;
    }
    boolean wasQuoted = quoted;
    int next = at + width(at);
    begin(next);
    if (close < 0 && !(wasQuoted && quoted) && Assignments.assignmentFollows(text, next)) {
      start = NONE;
    }
  }

  private void begin(int from) {
    int at = skipBlanks(from);
    start = skipQuote(at);
    quoted = start > at;
    boolean isEnd = start >= text.length() || close >= 0 && start >= close;
    if (isEnd || !quoted && !argument && isStructure(start)) {
      start = NONE;
    }
  }

  /** True for an object or a list with names or elements in quotes, which have their own names. */
  private boolean isStructure(int at) {
    char c = sign(at);
    int inside = skipBlanks(at + width(at));
    return (c == '{' || c == '[') && skipQuote(inside) > inside;
  }

  private int end(int limit) {
    if (quoted) {
      return quotedEnd(start, limit);
    }
    int end =
        close >= 0
            ? Math.min(close, limit)
            : encoded
                ? Assignments.encodedEnd(text, start, limit)
                : Assignments.schemeAndValueEnd(text, start, limit, false);
    int braces = 0;
    for (int at = start; at < end; at += width(at)) {
      char c = sign(at);
      braces += c == '{' ? 1 : c == '}' ? -1 : 0;
      if (c == ',' && braces <= 0) {
        end = at;
      }
    }
    // What is cut ends further on.
    while (end < limit && end > start && Chars.blank(text.charAt(end - 1))) {
      end--;
    }
    return end;
  }

  private int quotedEnd(int from, int limit) {
    boolean encodedQuote = Percent.at(text, from - 3) != 0 && encoded;
    int before = from - (encodedQuote ? 3 : 1);
    char quote = sign(before);
    boolean escaped = before > 0 && text.charAt(before - 1) == '\\';
    escaped |= encodedQuote && Percent.at(text, before - 3) == '\\';
    int at = from;
    while (at < limit) {
      char c = sign(at);
      if (c == quote || encoded && isOutside(at)) {
        return at;
      }
      if (c == '\\') {
        if (escaped && sign(at + width(at)) == quote) {
          return at;
        }
        at += width(at);
      }
      at += width(at);
    }
    return Math.min(at, limit);
  }

  /** Where the list ends that begins here; -1 if it does not within the line. */
  private int close(int from) {
    int limit = Math.min(text.length(), from + MAX_CHARS);
    int inside = 0;
    boolean begins = true;
    int at = from;
    while (at < limit) {
      int content = begins ? skipQuote(at) : at;
      if (content > at) {
        at = skipQuote(quotedEnd(content, limit));
        begins = false;
        continue;
      }
      char c = sign(at);
      if (c == '\n' || c == '\r' || c == 0 || encoded && isOutside(at)) {
        return -1;
      }
      if (c == ']' && inside == 0) {
        return mayFollow(at + width(at)) ? at : -1;
      }
      inside += c == '[' ? 1 : c == ']' ? -1 : 0;
      if (inside > MAX_INSIDE) {
        return -1;
      }
      begins = c == ',' || begins && isBlank(at);
      at += width(at);
    }
    return -1;
  }

  private boolean mayFollow(int at) {
    char c = sign(at);
    // An argument may contain spaces, an encoded list none.
    if (at >= text.length() || (encoded || !argument) && Chars.space(c)) {
      return true;
    }
    int next = at + width(at);
    if (c == ',' || c == ';' || c == '&') {
      return next >= text.length()
          || !argument && Chars.space(sign(next))
          || Assignments.assignmentFollows(text, next);
    }
    // Text within JSON may go on by \n.
    return AFTER.indexOf(c) >= 0
        && (c == '\\' || next >= text.length() || !Character.isLetterOrDigit(sign(next)));
  }

  /** True for the end of a parameter, in which all else is encoded. */
  private boolean isOutside(int at) {
    char c = text.charAt(at);
    return c == '&' || c == '"' || Chars.space(c);
  }

  private char sign(int at) {
    char decoded = encoded ? Percent.at(text, at) : 0;
    return decoded != 0 || at >= text.length() ? decoded : text.charAt(at);
  }

  private int width(int at) {
    return encoded && Percent.at(text, at) != 0 ? 3 : 1;
  }

  private int skipBlanks(int from) {
    int at = from;
    while (at < text.length() && isBlank(at)) {
      at += width(at);
    }
    return at;
  }

  private boolean isBlank(int at) {
    return Chars.blank(sign(at)) || encoded && text.charAt(at) == '+';
  }

  /** After the quote here, also if it is escaped; the same position if there is none. */
  private int skipQuote(int from) {
    int at = from;
    while (sign(at) == '\\') {
      at += width(at);
    }
    return Chars.quote(sign(at)) ? at + width(at) : from;
  }
}
