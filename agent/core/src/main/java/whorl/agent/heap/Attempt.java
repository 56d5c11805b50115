package whorl.agent.heap;

import java.time.Duration;
import whorl.evidence.HeapFacts;

/** What came of one way to take a heap snapshot. */
sealed interface Attempt {
  /** It is there. */
  record Taken(HeapFacts facts) implements Attempt {}

  /**
   * It is not.
   *
   * @param pause how long the application stood still for it
   */
  record Failed(String reason, Duration pause) implements Attempt {
    Failed(String reason) {
      this(reason, Duration.ZERO);
    }
  }
}
