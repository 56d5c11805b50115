package whorl.collector.marks;

import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import whorl.collector.http.request.WrittenText;
import whorl.collector.store.marks.RowMark;

/** Checks what people write on rows. */
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
      throw WrittenText.refused(
          "tags", "are " + sorted.size() + "; " + TAGS + " are allowed on a row");
    }
    return new RowMark.Content(
        star != null && star,
        List.copyOf(sorted),
        note == null || note.isBlank()
            ? null
            : WrittenText.lines("note", note.strip(), NOTE_CHARS));
  }

  private static String tag(@Nullable String tag) {
    if (tag == null || tag.isBlank()) {
      throw WrittenText.refused("tags", "has an empty one; leave it out");
    }
    if (tag.contains(",")) {
      throw WrittenText.refused("tags", "has one with a comma; write two tags");
    }
    return WrittenText.line("tags", tag.strip(), TAG_CHARS);
  }
}
