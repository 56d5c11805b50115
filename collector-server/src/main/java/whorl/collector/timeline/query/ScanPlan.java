package whorl.collector.timeline.query;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import whorl.collector.timeline.Column;
import whorl.collector.timeline.StoredColumns;

/**
 * The part of one timeline that a query reads.
 *
 * @param files that may hold matching rows; at least one
 * @param stored the plain columns of these files
 * @param branches empty if no row can match
 * @param hidden the numbers of rows that are not shown, because others say the same
 * @param host whose file times are shown once, however many of its timelines have them; null if all
 *     are shown
 */
record ScanPlan(
    DuckTimeline.Rows timeline,
    List<Path> files,
    Set<Column> stored,
    List<SearchedWord> words,
    RequestValues requests,
    List<Branch> branches,
    List<Long> hidden,
    @Nullable String host) {
  /** SQL for the value of a plain column of a row {@code r}. */
  String value(Column column) {
    if (stored.contains(column)) {
      return "r." + StoredColumns.quoted(column.columnName());
    }
    return column.kind() == Column.Kind.TEXT ? "NULL::VARCHAR" : "NULL::BIGINT";
  }

  /** Splits the plan by files into at most {@code partsMax} plans. */
  List<ScanPlan> parts(int partsMax) {
    int filesPerPart = (files.size() + partsMax - 1) / partsMax;
    List<ScanPlan> parts = new ArrayList<>();
    for (int from = 0; from < files.size(); from += filesPerPart) {
      List<Path> group = files.subList(from, Math.min(files.size(), from + filesPerPart));
      parts.add(new ScanPlan(timeline, group, stored, words, requests, branches, hidden, host));
    }
    return parts;
  }
}
