package whorl.collector.recent;

import java.util.LinkedHashMap;
import java.util.Map;

/** A map of bounded size: in a full one, a new entry replaces the oldest. Not thread-safe. */
public final class RecentMap<K, V> extends LinkedHashMap<K, V> {
  private static final long serialVersionUID = 1L;

  private final int max;

  private RecentMap(int max, boolean byUse) {
    super(16, 0.75f, byUse);
    this.max = max;
  }

  /** A map whose oldest entry is the one that was added first. */
  public static <K, V> Map<K, V> byAddition(int max) {
    return new RecentMap<>(max, false);
  }

  /**
   * A map whose oldest entry is the one that was used longest ago. Reading changes it, too, so
   * readers need the same lock as writers.
   */
  public static <K, V> Map<K, V> byUse(int max) {
    return new RecentMap<>(max, true);
  }

  @Override
  protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
    return size() > max;
  }
}
