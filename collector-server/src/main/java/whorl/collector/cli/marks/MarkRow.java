package whorl.collector.cli.marks;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The mark of one person on a row.
 *
 * @param row null if the timeline does not have the row any more
 * @param message what the row says
 * @param mine true if the user wrote it
 * @param version counts its changes
 */
record MarkRow(
    @Nullable Long row,
    @Nullable Instant time,
    @Nullable String message,
    boolean star,
    List<String> tags,
    @Nullable String note,
    @Nullable String by,
    boolean mine,
    long version) {
  MarkRow {
    tags = tags == null ? List.of() : List.copyOf(tags);
  }

  /** The marks of a row on which the user has none. */
  static MarkRow none(long row) {
    return new MarkRow(row, null, null, false, List.of(), null, null, true, 0);
  }

  MarkRow withStar(boolean other) {
    return new MarkRow(row, time, message, other, tags, note, by, mine, version);
  }

  MarkRow withTags(List<String> other) {
    return new MarkRow(row, time, message, star, other, note, by, mine, version);
  }

  MarkRow withNote(@Nullable String other) {
    return new MarkRow(row, time, message, star, tags, other, by, mine, version);
  }

  boolean isEmpty() {
    return !star && tags.isEmpty() && note == null;
  }

  /** For display, as the timeline shows it. */
  String words() {
    List<String> words = new ArrayList<>();
    if (star) {
      words.add("★");
    }
    tags.forEach(tag -> words.add("[" + tag + "]"));
    if (note != null) {
      note.lines().forEach(words::add);
    }
    return String.join(" ", words);
  }

  /** The body of the request that makes the mark what this is, unless it was changed meanwhile. */
  Map<String, Object> body() {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("star", star);
    body.put("tags", tags);
    if (note != null) {
      body.put("note", note);
    }
    body.put("version", version);
    return body;
  }
}
