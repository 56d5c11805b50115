package whorl.collector.limit;

import java.util.concurrent.ConcurrentHashMap;

/** How much work of one owner may be under way here at a time. Thread-safe. */
public final class Places {
  private final int max;
  private final ConcurrentHashMap<String, Integer> taken = new ConcurrentHashMap<>();

  /**
   * @param max of each owner
   */
  public Places(int max) {
    this.max = max;
  }

  /** Takes a place, which {@link #leave} gives back; false if the owner has as many as allowed. */
  public boolean enter(String owner) {
    int now = taken.merge(owner, 1, Integer::sum);
    if (now > max) {
      leave(owner);
    }
    return now <= max;
  }

  /** Gives a place back. */
  public void leave(String owner) {
    Integer unused = taken.computeIfPresent(owner, (same, count) -> count == 1 ? null : count - 1);
  }
}
