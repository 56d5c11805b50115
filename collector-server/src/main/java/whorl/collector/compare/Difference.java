package whorl.collector.compare;

import org.jspecify.annotations.Nullable;

/**
 * One thing that differs.
 *
 * @param change {@code added}, {@code removed} or {@code changed}
 * @param before what the earlier evidence says of it; absent if it was added, as {@code after} if
 *     it was removed
 */
public record Difference(
    String kind, String change, String name, @Nullable String before, @Nullable String after) {
  static final String ADDED = "added";
  static final String REMOVED = "removed";
  static final String CHANGED = "changed";
}
