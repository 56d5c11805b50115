package whorl.collector.faults;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;

/** Counts and longest times of a run, by name. For several threads. */
final class Tally {
  private final Map<String, AtomicLong> counts = new ConcurrentSkipListMap<>();
  private final Map<String, AtomicLong> longestMillis = new ConcurrentSkipListMap<>();

  void count(String what) {
    add(what, 1);
  }

  void add(String what, long number) {
    counts.computeIfAbsent(what, name -> new AtomicLong()).addAndGet(number);
  }

  /** Keeps the highest value. */
  void highest(String what, long value) {
    counts.computeIfAbsent(what, name -> new AtomicLong()).accumulateAndGet(value, Math::max);
  }

  /** Keeps the longest time, and counts how often it was measured. */
  void took(String what, Duration time) {
    longestMillis
        .computeIfAbsent(what, name -> new AtomicLong())
        .accumulateAndGet(time.toMillis(), Math::max);
  }

  long of(String what) {
    AtomicLong count = counts.get(what);
    return count == null ? 0 : count.get();
  }

  /** A table for people. */
  String table() {
    StringBuilder table = new StringBuilder();
    counts.forEach(
        (what, count) -> table.append(String.format("%-72s %,14d%n", what, count.get())));
    longestMillis.forEach(
        (what, millis) ->
            table.append(String.format("%-72s %12.1f s%n", "longest " + what, millis.get() / 1e3)));
    return table.toString();
  }
}
