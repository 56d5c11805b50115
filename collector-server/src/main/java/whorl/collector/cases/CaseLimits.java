package whorl.collector.cases;

import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import whorl.collector.http.request.ProblemException;
import whorl.collector.http.request.WrittenText;
import whorl.evidence.Text;

/** The limits of what users may write. */
final class CaseLimits {
  static final int CASES = 10_000;
  static final int EVIDENCE = 10_000;
  static final int NOTES = 10_000;
  static final int TAGS = 32;

  private static final int TITLE_CHARS = 200;
  private static final int DESCRIPTION_CHARS = 10_000;
  private static final int NOTE_CHARS = 4_000;
  private static final int TAG_CHARS = 64;
  private static final int REASON_CHARS = 500;
  private static final Pattern ROW = Pattern.compile("[a-z0-9][a-z0-9-]{7,63}:[0-9]{1,18}");

  private CaseLimits() {}

  static String title(@Nullable String text) {
    return line("title", text, TITLE_CHARS);
  }

  static String description(String text) {
    return WrittenText.lines("description", text, DESCRIPTION_CHARS);
  }

  static String note(@Nullable String text) {
    if (text == null || text.isBlank()) {
      throw WrittenText.refused("text", "is empty; write something");
    }
    return WrittenText.lines("text", text, NOTE_CHARS);
  }

  static String reason(@Nullable String text) {
    return line("reason", text, REASON_CHARS);
  }

  /** Returns the tags sorted and without duplicates. */
  static List<String> tags(Collection<String> tags) {
    TreeSet<String> sorted = new TreeSet<>();
    for (String tag : tags) {
      sorted.add(line("tags", tag, TAG_CHARS));
    }
    if (sorted.size() > TAGS) {
      throw WrittenText.refused("tags", "are more than " + TAGS);
    }
    return List.copyOf(sorted);
  }

  /** Checks a reference of the form {@code <evidence>:<row>}. */
  static String row(String row) {
    if (!ROW.matcher(row).matches()) {
      throw WrittenText.refused(
          "row", "is no row of a timeline (<evidence>:<row>): " + Text.shortened(row));
    }
    return row;
  }

  private static String line(String name, @Nullable String text, int maxChars) {
    if (text == null || text.isBlank()) {
      throw WrittenText.refused(name, "is empty; give one");
    }
    return WrittenText.line(name, text.strip(), maxChars);
  }

  /** Reads the state of a case. */
  static boolean isClosed(String state) {
    return switch (state) {
      case "open" -> false;
      case "closed" -> true;
      default -> throw new ProblemException(400, "bad state", "state must be open or closed");
    };
  }
}
