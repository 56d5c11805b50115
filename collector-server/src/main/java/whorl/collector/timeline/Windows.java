package whorl.collector.timeline;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A query cut into times, one behind the other, in each of which there are about as many rows of a
 * timeline as one file holds. So they can be sorted in memory, however many there are and however
 * long their texts.
 */
final class Windows {
  private Windows() {}

  /** In the query's order; together they ask for what the query does. */
  static List<TimelineQuery> of(TimelineQuery query, List<DuckTimeline.Rows> timelines, Duck duck)
      throws IOException {
    TreeSet<Instant> begins = new TreeSet<>();
    for (DuckTimeline.Rows timeline : timelines) {
      for (Path file : timeline.files()) {
        Instant begin = begin(file, duck);
        if (begin != null && isWithin(begin, query)) {
          begins.add(begin);
        }
      }
    }
    List<TimelineQuery> windows = new ArrayList<>();
    Instant from = query.from();
    for (Instant begin : begins) {
      windows.add(query.between(from, begin));
      from = begin;
    }
    windows.add(query.between(from, query.to()));
    if (query.newestFirst()) {
      Collections.reverse(windows);
    }
    return windows;
  }

  private static boolean isWithin(Instant begin, TimelineQuery query) {
    return (query.from() == null || begin.isAfter(query.from()))
        && (query.to() == null || begin.isBefore(query.to()));
  }

  /** The first time in a file, which stands in its footer; null where it has no row. */
  private static @Nullable Instant begin(Path file, Duck duck) throws IOException {
    @Nullable Instant[] begin = new Instant[1];
    duck.query(
        "SELECT min("
            + StoredColumns.quoted(StoredColumns.NANOS)
            + ") FROM "
            + Duck.parquet(List.of(file)),
        List.of(),
        result -> {
          result.next();
          long nanos = result.getLong(1);
          begin[0] = result.wasNull() ? null : DuckTimeline.instant(nanos);
        });
    return begin[0];
  }
}
