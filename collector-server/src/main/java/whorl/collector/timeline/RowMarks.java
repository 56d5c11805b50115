package whorl.collector.timeline;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What people have marked on one row.
 *
 * @param star true if somebody gave it a star
 * @param tags of all people, sorted, without duplicates
 * @param notes in the order in which they were written first
 */
public record RowMarks(boolean star, List<String> tags, List<Note> notes) {
  /** The names of what {@link #flat} has, in its order. */
  public static final List<String> NAMES = List.of("star", "tag", "comment");

  /** A person's note. */
  public record Note(String by, String text) {}

  public RowMarks {
    tags = List.copyOf(tags);
    notes = List.copyOf(notes);
  }

  /** All notes as one text, each with its author before it. */
  public String comment() {
    return notes.stream()
        .map(note -> note.by() + ": " + note.text())
        .collect(Collectors.joining("\n"));
  }

  /**
   * The format of the API: {@code star} is true, {@code tag} a list, {@code comment} a text; what
   * there is none of is left out.
   */
  public Map<String, Object> flat() {
    Map<String, Object> flat = new LinkedHashMap<>();
    if (star) {
      flat.put("star", true);
    }
    if (!tags.isEmpty()) {
      flat.put("tag", tags);
    }
    if (!notes.isEmpty()) {
      flat.put("comment", comment());
    }
    return flat;
  }
}
