package whorl.collector.store;

import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A part of a list.
 *
 * @param next where the following page starts; null at the end
 */
public record Page<T>(List<T> items, @Nullable Long next) {
  public Page {
    items = List.copyOf(items);
  }

  /**
   * Of up to {@code limit + 1} rows: the first {@code limit}, and whether there is more.
   *
   * @param position the sort key that a following page is asked for by
   */
  static <R, T> Page<T> of(
      List<R> rows, int limit, Function<R, T> value, Function<R, Long> position) {
    List<T> items = rows.stream().limit(limit).map(value).toList();
    return new Page<>(items, rows.size() > limit ? position.apply(rows.get(limit - 1)) : null);
  }
}
