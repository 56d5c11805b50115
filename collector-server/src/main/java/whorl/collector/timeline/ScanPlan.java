package whorl.collector.timeline;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * What part of one timeline is asked.
 *
 * @param files of its rows, those that can have any; at least one
 * @param stored the plain columns that they have
 * @param branches empty where nothing can match
 */
record ScanPlan(
    DuckTimeline.Rows timeline,
    List<Path> files,
    Set<Column> stored,
    List<SearchedWord> words,
    RequestValues requests,
    List<Branch> branches) {
  /** The value of a plain column, of a row {@code r}, in SQL. */
  String value(Column column) {
    if (stored.contains(column)) {
      return "r." + StoredColumns.quoted(column.columnName());
    }
    return column.kind() == Column.Kind.TEXT ? "NULL::VARCHAR" : "NULL::BIGINT";
  }

  /** The same of some files each. */
  List<ScanPlan> parts(int most) {
    int together = (files.size() + most - 1) / most;
    List<ScanPlan> parts = new ArrayList<>();
    for (int from = 0; from < files.size(); from += together) {
      List<Path> some = files.subList(from, Math.min(files.size(), from + together));
      parts.add(new ScanPlan(timeline, some, stored, words, requests, branches));
    }
    return parts;
  }
}
