package whorl.collector.mcp;

import java.util.HashMap;
import java.util.Map;
import whorl.collector.http.request.ProblemException;

/**
 * Limits calls at once: of one person, so that nobody takes the turns of others, and of all
 * together, because each may hold a long answer while it is cut. Thread-safe.
 */
final class CallSlots {
  static final int OF_ALL = 8;
  static final int OF_ONE = 4;

  private final Map<String, Integer> running = new HashMap<>();
  private int all;

  /** A call that runs, until it is closed. */
  interface Slot extends AutoCloseable {
    @Override
    void close();
  }

  /**
   * Begins a call.
   *
   * @param owner the person, with whatever token
   * @throws ProblemException 429 if this person has too many, 503 if all together have
   */
  synchronized Slot take(String owner) {
    int own = running.getOrDefault(owner, 0);
    if (own >= OF_ONE) {
      throw new ProblemException(
          429,
          "too many calls",
          OF_ONE + " of your calls are under way; wait until one has ended",
          Map.of("Retry-After", "1"));
    }
    if (all >= OF_ALL) {
      throw new ProblemException(
          503,
          "too busy",
          OF_ALL + " calls of all people are under way; try again",
          Map.of("Retry-After", "1"));
    }
    running.put(owner, own + 1);
    all++;
    return () -> end(owner);
  }

  private synchronized void end(String owner) {
    all--;
    running.merge(owner, -1, (before, change) -> before == 1 ? null : before + change);
  }
}
