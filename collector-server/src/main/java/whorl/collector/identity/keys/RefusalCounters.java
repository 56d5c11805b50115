package whorl.collector.identity.keys;

import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;

/** Counts refused tokens by reason. Thread-safe. */
public final class RefusalCounters {
  private final Map<Refusal, LongAdder> counters = new EnumMap<>(Refusal.class);

  /**
   * @param reasons that are counted; all of them are reported, also with 0
   */
  public RefusalCounters(Set<Refusal> reasons) {
    for (Refusal each : reasons) {
      counters.put(each, new LongAdder());
    }
  }

  /** Counts a refusal, unless it is for another reason. */
  public void count(Refusal why) {
    LongAdder counter = counters.get(why);
    if (counter != null) {
      counter.increment();
    }
  }

  /** Refusals by reason. */
  public Map<String, Double> byReason() {
    Map<String, Double> byReason = new TreeMap<>();
    counters.forEach((why, count) -> byReason.put(why.word(), (double) count.sum()));
    return byReason;
  }
}
