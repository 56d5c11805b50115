package whorl.collector.analysis;

import java.io.IOException;
import org.jspecify.annotations.Nullable;
import whorl.evidence.Id;

/** Where computed reports are kept. Thread-safe. */
interface ReportStore {
  /**
   * Names the timeline that this evidence has now; null if it has none. A report belongs to one
   * build, so ask for it before the rows are read.
   */
  @Nullable String build(Id evidence) throws IOException;

  /** Reads the report of this build; null if there is none. */
  @Nullable KeptReport read(Id evidence, String build) throws IOException;

  /** Writes the report; it is durable when this returns. */
  void write(Id evidence, String build, KeptReport report) throws IOException;
}
