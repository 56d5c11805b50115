package whorl.collector.search;

import java.util.concurrent.atomic.LongAdder;

/** What happened to searches over rows at this collector. */
final class RowSearchCounters {
  final LongAdder started = new LongAdder();
  final LongAdder refused = new LongAdder();
  final LongAdder looked = new LongAdder();
}
