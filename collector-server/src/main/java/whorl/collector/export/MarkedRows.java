package whorl.collector.export;

import java.io.IOException;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import whorl.collector.timeline.RowMarks;
import whorl.collector.timeline.index.NotIndexedException;
import whorl.evidence.Id;

/** Finds the rows that people have marked. */
@FunctionalInterface
public interface MarkedRows {
  /** Nothing is marked; for rows without records. */
  MarkedRows NONE = evidence -> Placed.NONE;

  /**
   * The marks on this evidence, where its index has their rows.
   *
   * @throws NotIndexedException if it has no index
   */
  Placed of(Id evidence) throws IOException;

  /** Those of this evidence that have marks, in the same order; without records, all. */
  default List<Id> marked(List<Id> evidence) throws IOException {
    return evidence;
  }

  /** The marks on one piece of evidence. */
  interface Placed {
    /** No marks. */
    Placed NONE =
        new Placed() {
          @Override
          public List<Long> rows(boolean starred, Set<String> tags) {
            return List.of();
          }

          @Override
          public @Nullable RowMarks at(long row) {
            return null;
          }
        };

    /**
     * The numbers of marked rows.
     *
     * @param starred only those with a star
     * @param tags only those with one of these; empty for any
     */
    List<Long> rows(boolean starred, Set<String> tags);

    /** What is marked on this row, or null. */
    @Nullable RowMarks at(long row) throws IOException;
  }
}
