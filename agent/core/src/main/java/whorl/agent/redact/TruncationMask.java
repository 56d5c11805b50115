package whorl.agent.redact;

/**
 * Masks the words on both sides of {@code …}, with which every stage of the agent marks where it
 * cut a text. Half a secret may have lost the name or the form by which a whole one is known, and
 * rules must see texts as they came, so that nothing can be masked before the cut. An attack stays,
 * as it does everywhere.
 *
 * <p>Texts shorter than any bound of the agent's are left alone: there {@code …} is the
 * application's own.
 */
final class TruncationMask {
  /** The smallest bound; what is cut shorter than this is masked before. */
  private static final int BOUNDED_MIN_CHARS = 200;

  /** More than any secret has that is not known by how it begins. */
  private static final int WORD_MAX_CHARS = 256;

  private static final char CUT = '…';
  private static final String ENDS = "\"'`&;,<>*…";

  private TruncationMask() {}

  static String mask(String text) {
    if (text.length() < BOUNDED_MIN_CHARS) {
      return text;
    }
    int at = text.indexOf(CUT);
    if (at < 0) {
      return text;
    }
    MaskedText maskedText = new MaskedText(text);
    while (at >= 0) {
      int from = at;
      while (from > 0 && at - from < WORD_MAX_CHARS && !ends(text.charAt(from - 1))) {
        from--;
      }
      int to = at + 1;
      while (to < text.length() && to - at <= WORD_MAX_CHARS && !ends(text.charAt(to))) {
        to++;
      }
      mask(text, from, at, maskedText);
      mask(text, at + 1, to, maskedText);
      at = text.indexOf(CUT, to);
    }
    return maskedText.result();
  }

  private static void mask(String text, int from, int to, MaskedText maskedText) {
    int payload = Payload.start(text, from, to);
    maskedText.mask(from, payload < 0 ? to : payload);
  }

  private static boolean ends(char c) {
    return Chars.space(c) || ENDS.indexOf(c) >= 0;
  }
}
