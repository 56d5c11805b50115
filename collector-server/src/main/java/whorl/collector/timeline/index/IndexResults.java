package whorl.collector.timeline.index;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.collector.timeline.IndexStatus;
import whorl.evidence.Id;

/** Counts what was indexed, and passes it on. Thread-safe. */
final class IndexResults {
  private static final Logger LOG = LoggerFactory.getLogger(IndexResults.class);

  private final List<Consumer<Id>> listeners = new CopyOnWriteArrayList<>();
  private final LongAdder indexed = new LongAdder();
  private final LongAdder failed = new LongAdder();

  /** Calls {@code listener} with the evidence whose timeline is complete. */
  void onReady(Consumer<Id> listener) {
    listeners.add(listener);
  }

  long indexed() {
    return indexed.sum();
  }

  long failed() {
    return failed.sum();
  }

  /**
   * The evidence has a timeline, or will have none.
   *
   * @param nanos how long that took
   */
  void report(Id evidence, IndexStatus outcome, long nanos) {
    if (outcome.state() == IndexStatus.State.FAILED) {
      failed.increment();
      LOG.warn("evidence {} has no timeline: {}", evidence, outcome.problem());
      return;
    }
    indexed.increment();
    LOG.info(
        "evidence {}: {} rows in {} ms",
        evidence,
        outcome.rows(),
        TimeUnit.NANOSECONDS.toMillis(nanos));
    for (Consumer<Id> listener : listeners) {
      try {
        listener.accept(evidence);
      } catch (RuntimeException | Error e) {
        LOG.warn("evidence {} is indexed, but what follows failed", evidence, e);
      }
    }
  }
}
