package whorl.collector.hunt;

import java.util.concurrent.atomic.LongAdder;

/** What happened to hunts at this collector. */
public final class HuntCounters {
  final LongAdder started = new LongAdder();
  final LongAdder answers = new LongAdder();
  final LongAdder unasked = new LongAdder();
  final LongAdder dropped = new LongAdder();
  final LongAdder refusedStarts = new LongAdder();

  /** Hunts that people started. */
  public long started() {
    return started.sum();
  }

  /** Answers of agents that were stored. */
  public long answers() {
    return answers.sum();
  }

  /** Answers to hunts that did not ask the agent, or that have ended. */
  public long unasked() {
    return unasked.sum();
  }

  /** Answers whose rows did not fit into memory here. */
  public long dropped() {
    return dropped.sum();
  }

  /** Hunts that were not started because too many were running. */
  public long refusedStarts() {
    return refusedStarts.sum();
  }
}
