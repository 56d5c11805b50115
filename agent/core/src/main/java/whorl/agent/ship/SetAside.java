package whorl.agent.ship;

import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import whorl.evidence.Id;

/**
 * Evidence in the spool that the collector does not take from this agent, because it belongs to
 * another identity. It waits, so that other evidence does not wait for it. One piece at a time is
 * tried again; if the collector takes it, it may take the others too. Used by one thread.
 */
final class SetAside {
  private final Duration wait;
  private final Set<Id> refused = new LinkedHashSet<>();
  private @Nullable Id retried;
  private long since;

  /**
   * @param wait between the last refusal and the next try
   */
  SetAside(Duration wait) {
    this.wait = wait;
  }

  void add(Id evidence) {
    refused.add(evidence);
    since = System.nanoTime();
  }

  /** The evidence is no longer in the spool, because the collector has taken or judged it. */
  void ended(Id evidence) {
    if (evidence.equals(retried)) {
      refused.clear();
    } else {
      refused.remove(evidence);
    }
  }

  boolean contains(Id evidence) {
    return refused.contains(evidence);
  }

  boolean isEmpty() {
    return refused.isEmpty();
  }

  /**
   * Takes one out if it is time to try it again.
   *
   * @param isThere false for evidence that was evicted from the spool, which is not tried
   */
  void retry(Predicate<Id> isThere) {
    refused.removeIf(isThere.negate());
    if (!refused.isEmpty() && remainingNanos() <= 0) {
      Iterator<Id> oldest = refused.iterator();
      retried = oldest.next();
      oldest.remove();
      since = System.nanoTime();
    }
  }

  /** Nanoseconds until the next try; a very long time if none waits. */
  long remainingNanos() {
    return refused.isEmpty()
        ? TimeUnit.DAYS.toNanos(365)
        : since + wait.toNanos() - System.nanoTime();
  }
}
