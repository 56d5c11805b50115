package whorl.collector.store.access;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import whorl.evidence.Text;

/**
 * The text by which a row is found by words: in lower case, on one line, and bounded. A search
 * finds rows that contain all its words.
 */
public final class SearchText {
  private static final int CHARS = 700;
  private static final int WORDS_MAX = 8;
  private static final int WORD_CHARS = 100;

  private SearchText() {}

  /** The text of these parts, the first ones first; nulls are left out. */
  public static String of(@Nullable Object... parts) {
    StringBuilder text = new StringBuilder();
    for (Object part : parts) {
      if (part != null && text.length() < CHARS) {
        String each = part.toString();
        text.append(each, 0, Math.min(each.length(), CHARS - text.length())).append(' ');
      }
    }
    for (int i = 0; i < text.length(); i++) {
      if (Character.isISOControl(text.charAt(i))) {
        text.setCharAt(i, ' ');
      }
    }
    return text.toString().toLowerCase(Locale.ROOT).strip();
  }

  /**
   * Adds a condition for each word of the query.
   *
   * @param column that has the text
   */
  public static void addConditions(
      String query, String column, StringBuilder where, List<? super String> arguments) {
    for (String word : words(query)) {
      where.append(" AND ").append(column).append(" LIKE ? ESCAPE '\\'");
      arguments.add("%" + escaped(word) + "%");
    }
  }

  /** The words of a query: lower case, of bounded number and length. */
  public static List<String> words(String query) {
    List<String> words = new ArrayList<>();
    for (String word : of(query).split(" +")) {
      if (!word.isEmpty() && words.size() < WORDS_MAX) {
        words.add(Text.beginning(word, WORD_CHARS));
      }
    }
    return words;
  }

  private static String escaped(String word) {
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_");
  }
}
