package whorl.collector.timeline;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.evidence.Id;

/**
 * The rows that a query may show.
 *
 * @param values for each evidence, at most {@link #MAX}; evidence that is not named has no rows
 */
public record RowChoice(By by, Map<Id, List<Long>> values) {
  /** The maximum number of values for each evidence. */
  public static final int MAX = 10_000;

  /** What values are. */
  public enum By {
    /** {@code jvm.row}. */
    NUMBER,
    /** {@link #sourceNanos}. */
    SOURCE_TIME
  }

  /**
   * @throws IllegalArgumentException if there are too many values
   */
  public RowChoice {
    Map<Id, List<Long>> copy = new HashMap<>();
    values.forEach((evidence, each) -> copy.put(evidence, List.copyOf(each)));
    values = Map.copyOf(copy);
    if (values.values().stream().anyMatch(each -> each.size() > MAX)) {
      throw new IllegalArgumentException("at most " + MAX + " rows of one piece of evidence");
    }
  }

  /** The values for this evidence; none if it is not named. */
  public List<Long> of(@Nullable String evidence) {
    return evidence == null ? List.of() : values.getOrDefault(new Id(evidence), List.of());
  }

  /**
   * The row's time by the clock of its source, in nanoseconds since 1970: {@code jvm.time}, or
   * {@code @timestamp} if it has none.
   */
  public static long sourceNanos(Row row) {
    Long nanos = row.number(Column.AGENT_TIME);
    Long shown = nanos == null ? row.number(Column.TIME) : nanos;
    if (shown == null) {
      throw new IllegalStateException("a row without a time: " + row.id());
    }
    return shown;
  }
}
