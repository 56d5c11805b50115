package whorl.collector.store.marks;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one person has marked on a row.
 *
 * @param by the name of the person or token
 * @param version counts the changes, from 1
 */
public record RowMark(
    long seq,
    MarkedRow row,
    String by,
    Content content,
    long version,
    Instant at,
    Instant changedAt) {

  /**
   * Star, tags and note.
   *
   * @param tags sorted
   * @param note null for none
   */
  public record Content(boolean star, List<String> tags, @Nullable String note) {
    public Content {
      tags = List.copyOf(tags);
    }

    /** True if there is nothing to keep. */
    public boolean isEmpty() {
      return !star && tags.isEmpty() && note == null;
    }
  }

  /**
   * What is needed to find the row.
   *
   * @param tags of the mark
   * @param noted true if the mark has a note
   */
  public record Key(
      long seq,
      String identity,
      int ordinal,
      long number,
      long sourceNanos,
      boolean star,
      List<String> tags,
      boolean noted) {
    public Key {
      tags = List.copyOf(tags);
    }
  }
}
