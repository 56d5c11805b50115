package whorl.agent.redact;

/**
 * Masks a header with several values if one is an attack: only the attack is shown. If several
 * lines were joined to one, the end of the header is unknown, and the following text is masked as
 * well, except for an attack in it.
 */
final class HeaderParts {
  private HeaderParts() {}

  /**
   * Masks everything but the attack; returns where to continue.
   *
   * @param within masks secrets in the attack, in the mode for arguments: this cannot recurse, and
   *     takes no longer than one pass
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

  /**
   * Handles attacks of several words, such as SQL: the whole part is shown, except for named
   * secrets.
   */
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
