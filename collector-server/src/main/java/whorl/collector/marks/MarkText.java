package whorl.collector.marks;

import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import whorl.collector.http.request.ProblemException;
import whorl.collector.store.marks.RowMark;

/**
 * Checks what people write on rows. Control characters are refused, because terminals show the
 * texts.
 */
final class MarkText {
  private static final int TAGS = 10;
  private static final int TAG_CHARS = 40;
  private static final int NOTE_CHARS = 4_000;

  private MarkText() {}

  /** Null and empty texts mean that there is none. */
  static RowMark.Content content(
      @Nullable Boolean star, @Nullable List<@Nullable String> tags, @Nullable String note) {
    TreeSet<String> sorted = new TreeSet<>();
    for (String tag : tags == null ? List.<String>of() : tags) {
      sorted.add(tag(tag));
    }
    if (sorted.size() > TAGS) {
      throw refused("tags", "are " + sorted.size() + "; " + TAGS + " are allowed on a row");
    }
    return new RowMark.Content(
        star != null && star,
        List.copyOf(sorted),
        note == null || note.isBlank() ? null : checked("note", note.strip(), NOTE_CHARS, true));
  }

  private static String tag(@Nullable String tag) {
    if (tag == null || tag.isBlank()) {
      throw refused("tags", "has an empty one; leave it out");
    }
    if (tag.contains(",")) {
      throw refused("tags", "has one with a comma; write two tags");
    }
    return checked("tags", tag.strip(), TAG_CHARS, false);
  }

  private static String checked(String name, String text, int chars, boolean lines) {
    if (text.length() > chars) {
      throw refused(name, "has " + text.length() + " characters; " + chars + " are allowed");
    }
    boolean bad =
        text.codePoints()
            .anyMatch(
                c ->
                    Character.getType(c) == Character.SURROGATE
                        || (Character.isISOControl(c)
                            && !(lines && (c == '\n' || c == '\r' || c == '\t'))));
    if (bad) {
      throw refused(name, "has a control character; leave it out");
    }
    return text;
  }

  private static ProblemException refused(String name, String why) {
    return new ProblemException(400, "bad " + name, name + " " + why);
  }
}
