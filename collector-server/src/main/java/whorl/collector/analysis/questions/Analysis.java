package whorl.collector.analysis.questions;

import java.io.IOException;
import java.util.List;
import whorl.collector.analysis.findings.ReportedFinding;
import whorl.collector.analysis.rows.RowDispatcher;
import whorl.collector.analysis.trail.AnalysisContext;

/**
 * One question about the timeline of one piece of evidence. Implementations are stateless: the same
 * rows give the same findings. An intruder can write what rows hold, so an analysis must trust
 * neither the length nor the type nor the number of values.
 */
public interface Analysis {
  /** The name of this analysis in its findings. */
  String name();

  /**
   * Subscribes to the rows that this analysis needs. Call the returned conclusion after all rows
   * have been dispatched.
   */
  Conclusion subscribe(AnalysisContext context, RowDispatcher rowDispatcher) throws IOException;

  /** Evaluates the collected rows. */
  @FunctionalInterface
  interface Conclusion {
    /** Returns the findings, with their steps of the chain. */
    List<ReportedFinding> results() throws IOException;
  }
}
