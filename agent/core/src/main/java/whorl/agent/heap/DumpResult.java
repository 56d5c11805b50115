package whorl.agent.heap;

import java.time.Duration;
import whorl.evidence.HeapFacts;

/** The result of one way to take a heap snapshot. */
sealed interface DumpResult {
  /** The snapshot was taken. */
  record Taken(HeapFacts facts) implements DumpResult {}

  /**
   * The snapshot was not taken.
   *
   * @param spent the part of {@code heap.pause-limit} that was used up: the time from the start
   *     command until HotSpot was done, which is never less than the application's pause
   */
  record Failed(String reason, Duration spent) implements DumpResult {
    Failed(String reason) {
      this(reason, Duration.ZERO);
    }
  }
}
