package whorl.behaviour.starts;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/** What programs print and how they end without the agent; each is run once for that. */
final class Expectations {
  private final Map<String, Outcome> byKey = new HashMap<>();

  /** The outcome of the start without the agent. */
  Outcome of(Attempt attempt) throws IOException, InterruptedException {
    synchronized (byKey) {
      Outcome known = byKey.get(attempt.start().outcomeKey());
      if (known != null) {
        return known;
      }
    }
    Attempt.Ended ended = attempt.withoutAgent();
    if (ended.outcome() == null) {
      throw new IllegalStateException(
          attempt.start().outcomeKey() + " fails without the agent: " + ended.failure());
    }
    check(attempt.start(), ended.outcome());
    synchronized (byKey) {
      byKey.putIfAbsent(attempt.start().outcomeKey(), ended.outcome());
      return ended.outcome();
    }
  }

  /** A program that does not run at all would end the same with the agent and without. */
  private static void check(Start start, Outcome outcome) {
    if (outcome.status() != start.expectedStatus()
        || (outcome.out().isEmpty() && start.program() != Program.SHOP)) {
      throw new IllegalStateException(
          start.outcomeKey() + " does not run as it should without the agent: " + outcome);
    }
  }
}
