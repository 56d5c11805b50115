package whorl.collector.fleet.chain;

import java.util.concurrent.atomic.LongAdder;

/** Counters of the chains since the start, for the metrics. Safe for use by several threads. */
public final class ChainCounters {
  final LongAdder links = new LongAdder();
  final LongAdder gaps = new LongAdder();
  final LongAdder missed = new LongAdder();
  final LongAdder replays = new LongAdder();
  final LongAdder forks = new LongAdder();
  final LongAdder speakers = new LongAdder();
  final LongAdder unreported = new LongAdder();

  void count(ChainFinding finding) {
    switch (finding.fault()) {
      case GAP, HOLE -> {
        gaps.increment();
        missed.add(finding.messages());
      }
      case REPLAY -> replays.increment();
      case FORK -> forks.increment();
      case SPEAKER -> speakers.increment();
    }
  }

  /** Messages that were links. */
  public long links() {
    return links.sum();
  }

  /** Places where messages are missing. */
  public long gaps() {
    return gaps.sum();
  }

  /** Messages that were not received. */
  public long missed() {
    return missed.sum();
  }

  /** Messages that were received before. */
  public long replays() {
    return replays.sum();
  }

  /** Messages that do not follow from what was received. */
  public long forks() {
    return forks.sum();
  }

  /** Somebody else spoke as an agent, or tried to. */
  public long speakers() {
    return speakers.sum();
  }

  /** Faults without an alert of their own, because there were too many. */
  public long unreported() {
    return unreported.sum();
  }
}
