package whorl.collector.fleet;

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

  /** Captures asked of agents. */
  public long ordered() {
    return ordered.sum();
  }

  /** Captures that agents began by themselves. */
  public long begunByAgents() {
    return begunByAgents.sum();
  }

  /** Requests sent again because the agent had lost its connection. */
  public long resent() {
    return resent.sum();
  }

  /** Captures sealed. */
  public long sealed() {
    return sealed.sum();
  }

  /** Times a capture was given up with a part of it here. */
  public long partial() {
    return partial.sum();
  }

  /** Times a capture was given up with nothing here. */
  public long failed() {
    return failed.sum();
  }

  /** Reports passed over: the capture is another agent's, or the agent has too many open. */
  public long foreignProgress() {
    return foreignProgress.sum();
  }

  /** Ended captures forgotten for want of room. */
  public long forgotten() {
    return forgotten.sum();
  }
}
