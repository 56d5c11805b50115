package whorl.collector.identity.keys;

import java.util.concurrent.atomic.LongAdder;

/** Counts how often keys of issuers were read, or could not be, since the start. Thread-safe. */
public final class KeyCounters {
  final LongAdder reads = new LongAdder();
  final LongAdder failures = new LongAdder();

  public long reads() {
    return reads.sum();
  }

  public long failures() {
    return failures.sum();
  }
}
