package whorl.evidence;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Copies of untrusted collections. The JDK's own immutable maps are extremely slow if keys were
 * chosen to collide, and accept any number of entries.
 *
 * <p>The application's own threads create alerts, so there is no lambda here: its class would be
 * generated on them.
 */
public final class Copies {
  private Copies() {}

  /**
   * An unmodifiable copy in the same order.
   *
   * @param what for the message
   * @param max the most entries allowed
   * @throws IllegalArgumentException if there are more
   */
  public static <V> Map<String, V> copy(String what, @Nullable Map<String, V> map, int max) {
    if (map == null || map.isEmpty()) {
      return Map.of();
    }
    bounded(what, map.size(), max);
    Map<String, V> copy = new LinkedHashMap<>(map.size() * 2);
    for (Map.Entry<String, V> entry : map.entrySet()) {
      copy.put(
          Objects.requireNonNull(entry.getKey(), what),
          Objects.requireNonNull(entry.getValue(), what));
    }
    return Collections.unmodifiableMap(copy);
  }

  /** Same as {@link #copy(String, Map, int)}. */
  public static <V> List<V> copy(String what, @Nullable List<V> list, int max) {
    if (list == null || list.isEmpty()) {
      return List.of();
    }
    bounded(what, list.size(), max);
    return List.copyOf(list);
  }

  private static void bounded(String what, int size, int max) {
    if (size > max) {
      throw new IllegalArgumentException(
          what + " has " + size + " entries; at most " + max + " are allowed");
    }
  }
}
