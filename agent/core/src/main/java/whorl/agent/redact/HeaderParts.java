package whorl.agent.redact;

/**
 * Masks a header with several values of which one is an attack: only the attack is shown. Where
 * several lines were joined to one, the header's end is not known, and what comes after it is not
 * shown either, though an attack in it is.
 */
final class HeaderParts {
  private HeaderParts() {}

  /**
   * Masks all but the attack; returns where to go on.
   *
   * @param within masks the secrets of the attack itself, as of an argument: so it does not come
   *     back here, and takes no longer than one pass
   */
  static int mask(String text, int from, int to, MaskedText maskedText, Assignments within) {
    boolean shown = false;
    int hiddenFrom = from;
    int at = from;
    while (at < to) {
      int end = wordEnd(text, at, to);
      int payload = Payload.start(text, at, end);
      if (payload >= 0) {
        maskedText.mask(hiddenFrom, payload);
        maskedText.show(payload, end, within.mask(text.substring(payload, end), true));
        hiddenFrom = end;
        shown = true;
      }
      at = end;
      while (at < to && separates(text.charAt(at))) {
        at++;
      }
    }
    if (!shown) {
      return severalWords(text, from, to, maskedText, within);
    }
    maskedText.mask(hiddenFrom, to);
    return to;
  }

  /** As of SQL: all of its part is shown, but for secrets that have a name of their own. */
  private static int severalWords(
      String text, int from, int to, MaskedText maskedText, Assignments within) {
    int at = from;
    int hiddenFrom = from;
    while (at < to) {
      int semicolon = text.indexOf(';', at);
      int end = semicolon < 0 || semicolon > to ? to : semicolon;
      int word = Payload.word(text, at, end);
      if (word >= 0) {
        while (word > at && !separates(text.charAt(word - 1)) && text.charAt(word - 1) != '=') {
          word--;
        }
        maskedText.mask(hiddenFrom, word);
        maskedText.show(word, end, within.mask(text.substring(word, end), true));
        hiddenFrom = end;
      }
      at = end + 1;
    }
    maskedText.mask(hiddenFrom, to);
    return to;
  }

  private static int wordEnd(String text, int from, int to) {
    int end = from;
    while (end < to && !separates(text.charAt(end))) {
      end++;
    }
    return end;
  }

  private static boolean separates(char c) {
    return c == ';' || Chars.space(c);
  }
}
