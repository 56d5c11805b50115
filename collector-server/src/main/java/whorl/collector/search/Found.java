package whorl.collector.search;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.evidence.Id;

/**
 * What a search over rows has found so far.
 *
 * @param looked at so many pieces of evidence
 * @param rows in the order in which they were found: the newest evidence first
 * @param more of these pieces more rows match than are listed
 * @param unread the pieces that could not be searched
 * @param partly pieces that could be searched only in part
 * @param oldest when the last piece was sealed that was looked at; null if there was none
 * @param older the cursor of a search that goes on; null if everything was looked at
 * @param stopped why not everything was looked at, in a sentence
 * @param problem why the search failed, in a sentence
 */
record Found(
    int looked,
    List<FoundRow> rows,
    List<Id> more,
    List<Unread> unread,
    List<Unread> partly,
    @Nullable Instant oldest,
    @Nullable String older,
    @Nullable String stopped,
    @Nullable String problem,
    long tookMillis) {
  static final Found NOTHING =
      new Found(0, List.of(), List.of(), List.of(), List.of(), null, null, null, null, 0);

  Found {
    rows = List.copyOf(rows);
    more = List.copyOf(more);
    unread = List.copyOf(unread);
    partly = List.copyOf(partly);
  }

  /**
   * Evidence that was not searched.
   *
   * @param id of the evidence
   * @param why a sentence without an end
   */
  record Unread(Id id, String service, Instant sealedAt, String why) {}
}
