package whorl.collector.fleet.channel;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What an agent says of itself, cut to a size: it is in memory as long as the agent is connected,
 * and an intruder with an agent's token can be thousands of agents. Ordinary agents say less.
 */
final class BoundedFacts {
  static final int LABELS_MAX_CHARS = 16 << 10;
  static final int CAPABILITIES_MAX_CHARS = 32 << 10;
  static final int LOSSES_MAX_CHARS = 16 << 10;

  /** A list takes many times the memory of its text. */
  private static final int CHARS_OF_LISTED = 8;

  private BoundedFacts() {}

  /** The facts, or those of them that fit, in their order. */
  static <V> Map<String, V> of(Map<String, V> facts, int maxChars) {
    Map<String, V> kept = new LinkedHashMap<>();
    int left = maxChars;
    for (Map.Entry<String, V> each : facts.entrySet()) {
      int chars = chars(each.getKey()) + chars(each.getValue());
      if (chars <= left) {
        kept.put(each.getKey(), each.getValue());
        left -= chars;
      }
    }
    return kept.size() == facts.size() ? facts : kept;
  }

  private static int chars(@Nullable Object value) {
    int chars = Objects.toString(value).length();
    return value instanceof String || value instanceof Number || value instanceof Boolean
        ? chars
        : chars * CHARS_OF_LISTED;
  }
}
