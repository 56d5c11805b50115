package whorl.collector.timeline.query;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Rows of one timeline that the same conditions apply to.
 *
 * @param blocks the ascending numbers of the blocks that hold the rows; null for all
 * @param places where each word of the query may occur in these rows, in the words' order
 */
record Branch(@Nullable List<Integer> blocks, List<Place> places) {
  /** Where a word may occur. */
  enum Place {
    /** In message or fields. */
    TEXT,
    STACK,
    EITHER
  }
}
