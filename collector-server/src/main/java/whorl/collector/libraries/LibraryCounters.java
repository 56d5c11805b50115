package whorl.collector.libraries;

import java.util.concurrent.atomic.LongAdder;

/** Counters of inventories since the start, for the metrics. Safe for use by several threads. */
public final class LibraryCounters {
  final LongAdder stored = new LongAdder();
  final LongAdder shared = new LongAdder();
  final LongAdder refused = new LongAdder();

  /** Inventories that were received and stored. */
  public long stored() {
    return stored.sum();
  }

  /** Times that an agent had an inventory which was stored already. */
  public long shared() {
    return shared.sum();
  }

  /** Inventories that were not stored: broken, cut off, or beyond the limits. */
  public long refused() {
    return refused.sum();
  }
}
