package whorl.collector.timeline.query;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.TreeSet;
import whorl.collector.timeline.TimelineQuery;

/**
 * Cuts a query into consecutive time windows, each with about as many rows of a timeline as one
 * file. The rows of a window can be sorted in memory, regardless of the total number and the length
 * of texts, and a reader of the first rows need not read the others.
 */
final class TimeWindows {
  private TimeWindows() {}

  /** In the query's order; together the windows cover the query. */
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
