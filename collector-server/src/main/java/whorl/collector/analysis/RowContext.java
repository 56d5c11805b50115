package whorl.collector.analysis;

import java.util.Set;
import org.jspecify.annotations.Nullable;
import whorl.collector.analysis.stack.Frames;

/**
 * A row and what is known beside it.
 *
 * @param frames of its stack
 * @param request for which it happened; null for none, and where that is not known yet
 * @param foreign names of classes that came in while the JVM ran
 */
record RowContext(RowView row, Frames frames, @Nullable Request request, Set<String> foreign) {
  /** Nothing but the row is known. */
  static RowContext of(RowView row) {
    return new RowContext(row, Frames.NONE, null, Set.of());
  }
}
