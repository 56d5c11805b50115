package whorl.collector.performance.series;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One measure over time.
 *
 * @param name such as {@code cpu.jvm.user}
 * @param unit of all values: ratio, bytes, bytes/s, 1/s, s or count
 * @param min of the whole recording
 * @param mean of the whole recording
 * @param max of the whole recording
 * @param total what it amounts to; null for a level
 * @param values one for each bucket: the mean of a level, or the amount in a second; null where
 *     nothing was measured
 * @param low the least value of each bucket; empty if it is the mean everywhere
 * @param high the greatest value of each bucket; empty if it is the mean everywhere
 */
public record Series(
    String name,
    String unit,
    double min,
    double mean,
    double max,
    @Nullable Double total,
    List<@Nullable Double> values,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) List<@Nullable Double> low,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) List<@Nullable Double> high) {
  private static final int NAME_MAX_CHARS = 100;

  public Series {
    if (name.length() > NAME_MAX_CHARS || unit.length() > NAME_MAX_CHARS) {
      throw new IllegalArgumentException("a series has a name that is too long");
    }
    values = bounded(values);
    low = bounded(low);
    high = bounded(high);
  }

  private static List<@Nullable Double> bounded(@Nullable List<@Nullable Double> values) {
    if (values == null) {
      return List.of();
    }
    if (values.size() > Grid.BUCKETS_MAX) {
      throw new IllegalArgumentException("a series has " + values.size() + " values");
    }
    return Collections.unmodifiableList(new ArrayList<>(values));
  }
}
