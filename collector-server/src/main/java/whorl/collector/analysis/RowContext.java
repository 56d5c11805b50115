package whorl.collector.analysis;

import java.util.Set;
import org.jspecify.annotations.Nullable;
import whorl.collector.analysis.stack.Frames;

/**
 * A row with its context.
 *
 * @param frames the frames of its stack
 * @param request the request of the row; null if there is none or it is not known yet
 * @param foreign names of classes that were added while the JVM ran
 */
record RowContext(RowView row, Frames frames, @Nullable Request request, Set<String> foreign) {
  /** A row without context. */
  static RowContext of(RowView row) {
    return new RowContext(row, Frames.NONE, null, Set.of());
  }
}
