package whorl.collector.store.records;

import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A page of a list.
 *
 * @param next the position of the following page; null at the end
 */
public record Page<T>(List<T> items, @Nullable Long next) {
  public Page {
    items = List.copyOf(items);
  }

  /**
   * Makes a page from up to {@code limit + 1} rows: the first {@code limit}, and whether there are
   * more.
   *
   * @param position the sort key from which the following page continues
   */
  static <R, T> Page<T> of(
      List<R> rows, int limit, Function<R, T> value, Function<R, Long> position) {
    List<T> items = rows.stream().limit(limit).map(value).toList();
    return new Page<>(items, rows.size() > limit ? position.apply(rows.get(limit - 1)) : null);
  }
}
