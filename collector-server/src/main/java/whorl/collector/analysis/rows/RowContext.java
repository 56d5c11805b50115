package whorl.collector.analysis.rows;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import whorl.collector.analysis.stack.Frames;
import whorl.collector.detect.Detection;
import whorl.collector.detect.PackRule;

/**
 * A row with its context.
 *
 * @param frames the frames of its stack
 * @param request the request of the row; null if there is none or it is not known yet
 * @param foreign names of classes that were added while the JVM ran
 */
public record RowContext(
    RowView row, Frames frames, @Nullable Request request, Set<String> foreign) {
  /** The built-in rules that match the row with its stack and request. */
  public Detection rules() {
    return frames.list().isEmpty() && request == null ? row.rules() : RowEvents.detect(this);
  }

  /**
   * True if one of these rules would match the row, but makes an exception for its stack: a library
   * that does this for its own purpose.
   */
  public boolean isException(List<PackRule> wanted) {
    return !frames.list().isEmpty() && row.rules().byAny(wanted) && !rules().byAny(wanted);
  }

  /** A row without context. */
  public static RowContext of(RowView row) {
    return new RowContext(row, Frames.NONE, null, Set.of());
  }
}
