package whorl.collector.export.formats;

/**
 * What a spreadsheet would do with hostile text: it executes formulas, and shows text in another
 * order than it is.
 */
final class SpreadsheetText {
  private static final String FORMULA = "=+-@＝＋－＠'\t\r\n";
  private static final String REORDERS_OR_BREAKS =
      "\u061C\u200E\u200F\u2028\u2029\u202A\u202B\u202C\u202D\u202E\u2066\u2067\u2068\u2069";

  private SpreadsheetText() {}

  /** True if text that begins like this must have an apostrophe in front. */
  static boolean beginsFormula(char first) {
    return FORMULA.indexOf(first) >= 0;
  }

  /** Control characters but tab and line breaks, and what reorders text or breaks lines unseen. */
  static boolean isMisleading(char c) {
    return Character.isISOControl(c)
        ? c != '\t' && c != '\r' && c != '\n'
        : REORDERS_OR_BREAKS.indexOf(c) >= 0;
  }
}
