package whorl.collector.retention;

import java.util.concurrent.atomic.LongAdder;

/** What retention counts. Thread-safe. */
public final class RetentionCounters {
  final LongAdder byLimit = new LongAdder();
  final LongAdder byToken = new LongAdder();
  final LongAdder purgedBytes = new LongAdder();
  final LongAdder freedBytes = new LongAdder();
  final LongAdder failures = new LongAdder();

  /** Evidence purged since it was beyond a limit. */
  public long byLimit() {
    return byLimit.sum();
  }

  /** Evidence purged since somebody said so. */
  public long byToken() {
    return byToken.sum();
  }

  /** Bytes of the artifacts of purged evidence. */
  public long purgedBytes() {
    return purgedBytes.sum();
  }

  /** Bytes of content that was removed; less where other evidence has the same. */
  public long freedBytes() {
    return freedBytes.sum();
  }

  /** Passes and removals that did not come to their end and are tried again. */
  public long failures() {
    return failures.sum();
  }
}
