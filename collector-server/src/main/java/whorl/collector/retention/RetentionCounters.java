package whorl.collector.retention;

import java.util.concurrent.atomic.LongAdder;

/** The counters of retention. Thread-safe. */
public final class RetentionCounters {
  final LongAdder byLimit = new LongAdder();
  final LongAdder byToken = new LongAdder();
  final LongAdder purgedBytes = new LongAdder();
  final LongAdder freedBytes = new LongAdder();
  final LongAdder failures = new LongAdder();
  final LongAdder locked = new LongAdder();

  /** Evidence purged by a limit. */
  public long byLimit() {
    return byLimit.sum();
  }

  /** Evidence purged by a person. */
  public long byToken() {
    return byToken.sum();
  }

  /** Bytes of the artifacts of purged evidence. */
  public long purgedBytes() {
    return purgedBytes.sum();
  }

  /** Bytes of deleted content; less if other evidence has the same content. */
  public long freedBytes() {
    return freedBytes.sum();
  }

  /** Evidence that was locked until its limit by age, or for longer than before. */
  public long locked() {
    return locked.sum();
  }

  /** Failed passes and deletions, which are retried. */
  public long failures() {
    return failures.sum();
  }
}
