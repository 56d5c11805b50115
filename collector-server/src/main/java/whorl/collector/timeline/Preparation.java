package whorl.collector.timeline;

import java.io.IOException;
import java.time.Duration;
import whorl.evidence.Id;

/** What is done to evidence before it is indexed, such as deriving artifacts from others. */
@FunctionalInterface
public interface Preparation {
  /** What came of it. */
  enum Outcome {
    /** The evidence can be indexed. */
    DONE,
    /** It is to be tried again later. */
    LATER,
    /** It takes longer than it might. */
    TOO_LONG
  }

  Outcome prepare(Id evidence, Duration atMost) throws IOException, InterruptedException;
}
