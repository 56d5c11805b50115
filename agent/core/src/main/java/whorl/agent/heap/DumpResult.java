package whorl.agent.heap;

import java.time.Duration;
import whorl.evidence.HeapFacts;

/** What came of one way to take a heap snapshot. */
sealed interface DumpResult {
  /** It is there. */
  record Taken(HeapFacts facts) implements DumpResult {}

  /**
   * It is not.
   *
   * @param spent what it used up of {@code heap.pause-limit}: the time from the word to begin until
   *     HotSpot was done, which is never less than the application stood still
   */
  record Failed(String reason, Duration spent) implements DumpResult {
    Failed(String reason) {
      this(reason, Duration.ZERO);
    }
  }
}
