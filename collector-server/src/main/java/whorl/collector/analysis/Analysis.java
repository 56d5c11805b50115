package whorl.collector.analysis;

import java.io.IOException;
import java.util.List;

/**
 * One question, asked of the timeline of one piece of evidence. Has no state: the same rows give
 * the same answer. Rows hold what an intruder could write, so nothing in them is trusted: not their
 * length, not their types, not their number.
 */
interface Analysis {
  /** The word that its findings carry. */
  String name();

  /** Says which rows it wants to see, and gives what is to be asked when it has seen them all. */
  Conclusion look(AnalysisContext context, RowDispatcher rowDispatcher) throws IOException;

  /** What comes of the rows. */
  @FunctionalInterface
  interface Conclusion {
    /** What it found, with the steps of the chain that it knows of. */
    List<Found> found() throws IOException;
  }

  /**
   * A finding and its steps.
   *
   * @param steps empty for what is no deed of an intruder's
   */
  record Found(Finding finding, List<Step> steps) {}
}
