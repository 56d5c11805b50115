package whorl.collector.lake;

import static whorl.collector.timeline.StoredColumns.quoted;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import org.apache.iceberg.Metrics;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Conversions;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types.NestedField;
import org.apache.iceberg.util.UnicodeUtil;
import whorl.collector.timeline.Column;
import whorl.collector.timeline.SqlNames;

/** What Iceberg keeps about a Parquet file, from the file's own statistics. */
final class LakeMetrics {
  /**
   * The columns with bounds: those by which a question leaves out files. The bounds of other texts
   * are of no use in files that are in the order of time.
   */
  private static final List<String> BOUNDED =
      List.of(
          SqlNames.of(Column.EVIDENCE),
          SqlNames.of(Column.SERVICE),
          SqlNames.of(Column.AGENT),
          SqlNames.CAPTURE,
          SqlNames.SEALED_AT,
          SqlNames.NANOS,
          SqlNames.of(Column.TIME),
          SqlNames.of(Column.ROW),
          SqlNames.of(Column.SEVERITY),
          SqlNames.of(Column.CATEGORY),
          SqlNames.of(Column.ACTION),
          SqlNames.of(Column.RULE_ID));

  /** Longer than any id, so that those are whole. */
  private static final int TEXT_MAX_CHARS = 64;

  private LakeMetrics() {}

  static Metrics of(Connection duck, Path file, Schema schema) throws SQLException {
    Map<Integer, Long> sizes = new HashMap<>();
    Map<Integer, Long> values = new HashMap<>();
    Map<Integer, Long> nulls = new HashMap<>();
    long rows = 0;
    try (Statement sql = duck.createStatement();
        ResultSet columns =
            sql.executeQuery(
                "SELECT path_in_schema, sum(total_compressed_size)::BIGINT,"
                    + " sum(num_values)::BIGINT, sum(stats_null_count)::BIGINT,"
                    + " count(*) = count(stats_null_count) FROM parquet_metadata("
                    + LakeFiles.text(file)
                    + ") GROUP BY path_in_schema")) {
      while (columns.next()) {
        int id = schema.findField(columns.getString(1)).fieldId();
        sizes.put(id, columns.getLong(2));
        values.put(id, columns.getLong(3));
        rows = columns.getLong(3);
        if (columns.getBoolean(5)) {
          nulls.put(id, columns.getLong(4));
        }
      }
    }
    Map<Integer, ByteBuffer> lower = new HashMap<>();
    Map<Integer, ByteBuffer> upper = new HashMap<>();
    bounds(duck, file, schema, lower, upper);
    return new Metrics(rows, sizes, values, nulls, Map.of(), lower, upper);
  }

  private static void bounds(
      Connection duck,
      Path file,
      Schema schema,
      Map<Integer, ByteBuffer> lower,
      Map<Integer, ByteBuffer> upper)
      throws SQLException {
    StringJoiner ends = new StringJoiner(", ");
    for (String name : BOUNDED) {
      boolean time = schema.findField(name).type().typeId() == Type.TypeID.TIMESTAMP;
      for (String end : List.of("min", "max")) {
        String value = end + "(" + quoted(name) + ")";
        ends.add(time ? "epoch_us(" + value + ")" : value);
      }
    }
    try (Statement sql = duck.createStatement();
        ResultSet row =
            sql.executeQuery(
                "SELECT " + ends + " FROM read_parquet(" + LakeFiles.text(file) + ")")) {
      row.next();
      for (int i = 0; i < BOUNDED.size(); i++) {
        NestedField field = schema.findField(BOUNDED.get(i));
        Object least = row.getObject(2 * i + 1);
        Object greatest = row.getObject(2 * i + 2);
        if (least instanceof String text) {
          least = UnicodeUtil.truncateStringMin(text, TEXT_MAX_CHARS);
          greatest = UnicodeUtil.truncateStringMax((String) greatest, TEXT_MAX_CHARS);
        }
        if (least != null && greatest != null) {
          lower.put(field.fieldId(), Conversions.toByteBuffer(field.type(), least));
          upper.put(field.fieldId(), Conversions.toByteBuffer(field.type(), greatest));
        }
      }
    }
  }
}
