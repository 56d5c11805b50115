package whorl.collector.fleet.captures;

import java.util.concurrent.atomic.LongAdder;

/** Captures since the start, for the metrics. Safe for use by several threads. */
public final class CaptureCounters {
  final LongAdder ordered = new LongAdder();
  final LongAdder begunByAgents = new LongAdder();
  final LongAdder resent = new LongAdder();
  final LongAdder sealed = new LongAdder();
  final LongAdder partial = new LongAdder();
  final LongAdder failed = new LongAdder();
  final LongAdder foreignProgress = new LongAdder();
  final LongAdder forgotten = new LongAdder();

  /** Captures requested from agents. */
  public long ordered() {
    return ordered.sum();
  }

  /** Captures that agents began by themselves. */
  public long begunByAgents() {
    return begunByAgents.sum();
  }

  /** Requests sent again because the agent lost its connection. */
  public long resent() {
    return resent.sum();
  }

  /** Captures sealed. */
  public long sealed() {
    return sealed.sum();
  }

  /** Times a capture ended as partial. */
  public long partial() {
    return partial.sum();
  }

  /** Times a capture ended as failed. */
  public long failed() {
    return failed.sum();
  }

  /**
   * Ignored progress reports: the capture belongs to another agent, or the agent has too many open.
   */
  public long foreignProgress() {
    return foreignProgress.sum();
  }

  /** Ended captures deleted to limit how many are kept. */
  public long forgotten() {
    return forgotten.sum();
  }
}
