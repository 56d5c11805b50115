package whorl.collector.timeline.index;

import java.io.IOException;
import java.time.Duration;
import whorl.evidence.Id;

/** Work on evidence before it is indexed, such as deriving artifacts from others. */
@FunctionalInterface
public interface Preparation {
  /** The outcome. */
  enum Outcome {
    /** The evidence can be indexed. */
    DONE,
    /** Try again later. */
    LATER,
    /** It takes longer than allowed. */
    TOO_LONG
  }

  Outcome prepare(Id evidence, Duration atMost) throws IOException, InterruptedException;
}
