package whorl.collector.notify;

import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** What became of messages at this collector since its start. Thread-safe. */
final class NotifyCounters {
  private final Map<Result, LongAdder> results = new ConcurrentHashMap<>();

  /** What becomes of events and messages. */
  enum Result {
    ADDED,
    JOINED,
    KNOWN,
    MUTED,
    DELIVERED,
    FAILED,
    GIVEN_UP,
    LOST
  }

  void count(Result result, long more) {
    results.computeIfAbsent(result, each -> new LongAdder()).add(more);
  }

  long count(Result result) {
    LongAdder found = results.get(result);
    return found == null ? 0 : found.sum();
  }

  Map<String, Double> byResult() {
    Map<String, Double> counts = new TreeMap<>();
    for (Result each : Result.values()) {
      counts.put(each.name().toLowerCase(Locale.ROOT).replace('_', '-'), (double) count(each));
    }
    return counts;
  }
}
