package whorl.collector.receive.seal;

import java.util.concurrent.atomic.LongAdder;

/** What recovery did at this collector. Thread-safe. */
public final class RecoveryCounters {
  final LongAdder passes = new LongAdder();
  final LongAdder found = new LongAdder();
  final LongAdder catalogued = new LongAdder();
  final LongAdder swept = new LongAdder();
  final LongAdder locked = new LongAdder();

  /** Complete passes. */
  public long passes() {
    return passes.sum();
  }

  /** Evidence that was not in the database, and was found in the object store. */
  public long found() {
    return found.sum();
  }

  /** Rows of the catalog that were added, changed or removed. */
  public long catalogued() {
    return catalogued.sum();
  }

  /** Contents and files of timelines that nothing referred to, and that were deleted. */
  public long swept() {
    return swept.sum();
  }

  /** Such contents that a lock of the object store keeps for now; each pass counts them. */
  public long locked() {
    return locked.sum();
  }
}
