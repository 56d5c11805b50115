package whorl.collector.timeline;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/**
 * What part of one timeline is asked.
 *
 * @param files of its rows, those that can have any; at least one
 * @param stored the plain columns that they have
 * @param branches empty where nothing can match
 */
record Asked(
    DuckTimeline.Rows timeline,
    List<Path> files,
    Set<Column> stored,
    List<SearchedWord> words,
    Requests requests,
    List<Branch> branches) {
  /** The value of a plain column, of a row {@code r}, in SQL. */
  String value(Column column) {
    if (stored.contains(column)) {
      return "r." + StoredColumns.quoted(column.columnName());
    }
    return column.kind() == Column.Kind.TEXT ? "NULL::VARCHAR" : "NULL::BIGINT";
  }
}
