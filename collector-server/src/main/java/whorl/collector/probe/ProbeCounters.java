package whorl.collector.probe;

import java.util.concurrent.atomic.LongAdder;

/** What happened to probes at this collector. */
public final class ProbeCounters {
  final LongAdder started = new LongAdder();
  final LongAdder refusedStarts = new LongAdder();
  final LongAdder reports = new LongAdder();
  final LongAdder unasked = new LongAdder();
  final LongAdder dropped = new LongAdder();

  /** Probes that people started. */
  public long started() {
    return started.sum();
  }

  /** Probes that were not started because too many were running. */
  public long refusedStarts() {
    return refusedStarts.sum();
  }

  /** Reports of agents that were stored. */
  public long reports() {
    return reports.sum();
  }

  /** Reports about probes that are not the agent's, or that have ended. */
  public long unasked() {
    return unasked.sum();
  }

  /** Reports that did not fit into memory here, or could not be stored. */
  public long dropped() {
    return dropped.sum();
  }
}
