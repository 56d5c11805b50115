package whorl.rules.logsource;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.rules.match.Field;
import whorl.rules.match.RequiredTexts;

/**
 * What an event needs for a text to occur in a value that is joined from its fields: each run of
 * the text between two separators lies within one field.
 */
final class Runs {
  /** Shorter texts are in too many events to select any. */
  private static final int CHARS_MIN = 4;

  private Runs() {}

  /**
   * @param separators between and around the fields in the value; a field may contain them too
   * @return null if one of the texts has no run that is long enough
   */
  static @Nullable RequiredTexts required(
      List<String> texts, String separators, List<Field> fields) {
    List<RequiredTexts.Need> needs = new ArrayList<>();
    for (String text : texts) {
      String run = longest(text, separators);
      if (run.length() < CHARS_MIN) {
        return null;
      }
      for (Field field : fields) {
        needs.add(new RequiredTexts.Need(field, run));
      }
    }
    return needs.isEmpty() ? null : new RequiredTexts(needs);
  }

  private static String longest(String text, String separators) {
    String longest = "";
    int from = 0;
    for (int i = 0; i <= text.length(); i++) {
      if (i == text.length() || separators.indexOf(text.charAt(i)) >= 0) {
        longest = i - from > longest.length() ? text.substring(from, i) : longest;
        from = i + 1;
      }
    }
    return longest;
  }
}
