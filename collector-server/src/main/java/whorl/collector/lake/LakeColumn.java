package whorl.collector.lake;

import java.util.ArrayList;
import java.util.List;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import whorl.collector.timeline.Column;
import whorl.collector.timeline.SqlNames;
import whorl.collector.timeline.StoredColumns;

/**
 * A column of the table.
 *
 * @param name in the table
 * @param doc the name in the timeline, or what it holds
 * @param source SQL for its value, over a timeline exported as Parquet; a question mark for those
 *     that come from the evidence record as arguments
 */
record LakeColumn(String name, Type.PrimitiveType type, String doc, String source) {
  /** All columns, in order; those from the record first. */
  static final List<LakeColumn> ALL = all();

  private static List<LakeColumn> all() {
    List<LakeColumn> columns = new ArrayList<>();
    columns.add(argument(SqlNames.of(Column.EVIDENCE), "the evidence's id"));
    columns.add(argument(SqlNames.of(Column.SERVICE), "service.name"));
    columns.add(argument(SqlNames.of(Column.AGENT), "agent.id"));
    columns.add(argument(SqlNames.CAPTURE, "the capture's id"));
    columns.add(
        new LakeColumn(
            SqlNames.SEALED_AT,
            Types.TimestampType.withZone(),
            "when the collector sealed the evidence",
            "?::TIMESTAMPTZ"));
    columns.add(
        new LakeColumn(
            SqlNames.NANOS,
            Types.LongType.get(),
            "@timestamp in nanoseconds since 1970",
            StoredColumns.quoted(StoredColumns.NANOS)));
    for (Column column : Column.values()) {
      if (columns.stream().noneMatch(each -> each.name().equals(SqlNames.of(column)))) {
        columns.add(
            new LakeColumn(
                SqlNames.of(column),
                type(column.kind()),
                column.columnName(),
                StoredColumns.quoted(column.columnName())));
      }
    }
    return List.copyOf(columns);
  }

  private static LakeColumn argument(String name, String doc) {
    return new LakeColumn(name, Types.StringType.get(), doc, "?::VARCHAR");
  }

  private static Type.PrimitiveType type(Column.Kind kind) {
    return switch (kind) {
      case TIME -> Types.TimestampType.withZone();
      case NUMBER -> Types.LongType.get();
      case TEXT -> Types.StringType.get();
    };
  }
}
