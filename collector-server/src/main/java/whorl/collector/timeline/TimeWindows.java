package whorl.collector.timeline;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.TreeSet;

/**
 * A query cut into times, one behind the other, in each of which there are about as many rows of a
 * timeline as one file holds. So they can be sorted in memory, however many there are and however
 * long their texts, and who wants only the first of them need not read the others.
 */
final class TimeWindows {
  private TimeWindows() {}

  /** In the query's order; together they ask for what the query does. */
  static List<TimelineQuery> of(TimelineQuery query, List<FileSpan> spans) {
    TreeSet<Instant> begins = new TreeSet<>();
    for (FileSpan span : spans) {
      Instant begin = DuckTimeline.instant(span.firstNanos());
      if (isWithin(begin, query)) {
        begins.add(begin);
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
}
