package whorl.collector.timeline;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Rows of one timeline that are asked alike.
 *
 * @param blocks that they are in, by their numbers, rising; null for all
 * @param places where each word of the query may stand in these rows, in the words' order
 */
record Branch(@Nullable List<Integer> blocks, List<Place> places) {
  /** Where a word may stand. */
  enum Place {
    /** In message or fields. */
    TEXT,
    STACK,
    EITHER
  }
}
