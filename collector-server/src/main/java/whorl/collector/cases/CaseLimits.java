package whorl.collector.cases;

import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import whorl.collector.http.request.ProblemException;
import whorl.evidence.Text;

/**
 * The limits of what users may write. Control characters are refused, because terminals and logs
 * show the texts.
 */
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
    return bounded("description", text, DESCRIPTION_CHARS, true);
  }

  static String note(@Nullable String text) {
    if (text == null || text.isBlank()) {
      throw refused("text", "is empty; write something");
    }
    return bounded("text", text, NOTE_CHARS, true);
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
      throw refused("tags", "are more than " + TAGS);
    }
    return List.copyOf(sorted);
  }

  /** Checks a reference of the form {@code <evidence>:<row>}. */
  static String row(String row) {
    if (!ROW.matcher(row).matches()) {
      throw refused("row", "is no row of a timeline (<evidence>:<row>): " + Text.shortened(row));
    }
    return row;
  }

  private static String line(String name, @Nullable String text, int maxChars) {
    if (text == null || text.isBlank()) {
      throw refused(name, "is empty; give one");
    }
    return bounded(name, text.strip(), maxChars, false);
  }

  private static String bounded(String name, String text, int maxChars, boolean lines) {
    if (text.length() > maxChars) {
      throw refused(name, "has " + text.length() + " characters; " + maxChars + " are allowed");
    }
    for (int i = 0; i < text.length(); ) {
      int c = text.codePointAt(i);
      boolean lineEnd = lines && (c == '\n' || c == '\t' || c == '\r');
      if (!lineEnd && (Character.isISOControl(c) || Character.getType(c) == Character.SURROGATE)) {
        throw refused(
            name, "has a control character (U+" + String.format("%04X", c) + "); leave it out");
      }
      i += Character.charCount(c);
    }
    return text;
  }

  private static ProblemException refused(String name, String why) {
    return new ProblemException(400, "bad " + name, name + " " + why);
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
