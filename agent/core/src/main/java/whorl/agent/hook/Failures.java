package whorl.agent.hook;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Failures in the agent's own code, where the application must not notice them: a count, and the
 * first one's text.
 */
final class Failures {
  private final AtomicLong count = new AtomicLong();
  private volatile String first = "";

  void add(Throwable failure) {
    if (count.getAndIncrement() == 0) {
      first = failure.toString();
    }
  }

  long count() {
    return count.get();
  }

  /** The first failure's text; empty while there is none. */
  String first() {
    return first;
  }
}
