package whorl.rules.parse;

import whorl.rules.match.RuleRefused;

/**
 * Limits what the rules of one text become: their fields and values with their characters, and the
 * selections that their conditions mean, with the number of their values. Of most texts it is less
 * than they have characters. But with aliases, patterns such as {@code 1 of them} and conditions
 * that repeat a selection, some kilobytes of YAML could become gigabytes of memory, and rules that
 * run for minutes. Used by one thread.
 */
final class RuleSize {
  /** For small texts that repeat a list or a selection often. */
  private static final long LEAST = 64 << 10;

  private static final int TIMES_THE_TEXT = 2;

  private long left;

  private RuleSize(long max) {
    this.left = max;
  }

  /** The limit for the rules of a text; all of them share it. */
  static RuleSize of(String text) {
    return new RuleSize(LEAST + (long) TIMES_THE_TEXT * text.length());
  }

  /** For rules that nobody sends. */
  static RuleSize unlimited() {
    return new RuleSize(Long.MAX_VALUE);
  }

  /**
   * Counts a part of a rule before it is made.
   *
   * @param size in characters, selections or values
   * @throws RuleRefused if the text has become too large with it
   */
  void add(int size) throws RuleRefused {
    left -= size;
    if (left < 0) {
      left = 0; // what follows is too much as well
      throw new RuleRefused(
          "aliases, patterns such as '1 of them' or conditions repeat more than twice the file's"
              + " characters");
    }
  }
}
