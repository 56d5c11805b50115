package whorl.agent.redact;

/**
 * Masks the words on both sides of {@code …}, the mark with which every stage of the agent cuts a
 * text. Half a secret may have lost the name or form by which it is recognized, and rules must see
 * texts unmasked, so nothing can be masked before the cut. An attack is not masked, as everywhere.
 *
 * <p>Texts shorter than any limit of the agent are unchanged: there {@code …} is the application's
 * own.
 */
final class TruncationMask {
  /** The smallest limit; texts with a lower one are masked before they are cut. */
  private static final int BOUNDED_MIN_CHARS = 200;

  /** Longer than any secret that is not recognized by its beginning. */
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
