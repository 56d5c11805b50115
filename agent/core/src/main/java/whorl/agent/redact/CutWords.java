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
final class CutWords {
  /** The smallest bound; what is cut shorter than this is masked before. */
  private static final int BOUNDED_MIN_CHARS = 200;

  /** More than any secret has that is not known by how it begins. */
  private static final int WORD_MAX_CHARS = 256;

  private static final char CUT = '…';
  private static final String ENDS = "\"'`&;,<>*…";

  private CutWords() {}

  static String mask(String text) {
    if (text.length() < BOUNDED_MIN_CHARS) {
      return text;
    }
    int at = text.indexOf(CUT);
    if (at < 0) {
      return text;
    }
    Cut cut = new Cut(text);
    while (at >= 0) {
      int from = at;
      while (from > 0 && at - from < WORD_MAX_CHARS && !ends(text.charAt(from - 1))) {
        from--;
      }
      int to = at + 1;
      while (to < text.length() && to - at <= WORD_MAX_CHARS && !ends(text.charAt(to))) {
        to++;
      }
      mask(text, from, at, cut);
      mask(text, at + 1, to, cut);
      at = text.indexOf(CUT, to);
    }
    return cut.result();
  }

  private static void mask(String text, int from, int to, Cut cut) {
    int payload = Payload.start(text, from, to);
    cut.mask(from, payload < 0 ? to : payload);
  }

  private static boolean ends(char c) {
    return Chars.space(c) || ENDS.indexOf(c) >= 0;
  }
}
