package whorl.collector.timeline.write;

import static whorl.collector.timeline.StoredColumns.quoted;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Set;
import java.util.stream.Collectors;
import org.duckdb.DuckDBConnection;
import whorl.collector.timeline.Column;
import whorl.collector.timeline.StoredColumns;
import whorl.collector.timeline.words.WordWriter;

/**
 * Writes the files of {@link StoredColumns} from DuckDB tables. Row groups are small: that makes
 * the files a tenth larger, but a query for few of many rows reads little else.
 */
final class StoredFiles {
  private static final String FORMAT =
      " (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1, ROW_GROUP_SIZE "
          + WordWriter.BLOCK_TEXTS
          + ")";

  /** Sorting takes a multiple of the rows' size, and the writer buffers row groups. */
  private static final int SLICE_PART = 12;

  private final Path folder;
  private final DuckDBConnection base;
  private final Statement sql;

  /**
   * @param sql of {@code base}
   */
  StoredFiles(Path folder, DuckDBConnection base, Statement sql) {
    this.folder = folder;
    this.base = base;
    this.sql = sql;
  }

  /**
   * Sorts the rows slice by slice, because an attacker can make rows arbitrarily wide.
   *
   * @param table with these columns and {@code corrected}, {@code agent_nanos}, {@code ordinal},
   *     {@code stack} and {@code bytes}
   * @param used the plain columns with a value in any row; others are not stored
   * @return the number of rows
   */
  long rows(String table, Set<Column> used, long memoryBytes) throws SQLException, IOException {
    long rows = 0;
    int file = 0;
    try (WordWriter words = new WordWriter(folder.resolve(StoredColumns.ROW_WORDS))) {
      WordFunction.register(base, "whorl_row_words", words);
      for (TimeSlices.Slice slice : TimeSlices.of(sql, table, memoryBytes / SLICE_PART)) {
        sql.execute(rows(table, used, slice, rows, file++));
        words.endBlock();
        rows += slice.rows();
      }
    }
    return rows;
  }

  private String rows(
      String table, Set<Column> used, TimeSlices.Slice slice, long firstRow, int file) {
    String searched =
        StoredColumns.searched().stream()
            .filter(used::contains)
            .map(column -> quoted(column.columnName()))
            .collect(Collectors.joining(", "));
    String plain =
        used.stream().map(column -> quoted(column.columnName())).collect(Collectors.joining(", "));
    return "COPY (SELECT "
        + timestamp("corrected")
        + " AS \"@timestamp\", row_number() OVER () - 1 + "
        + firstRow
        + " AS \"jvm.row\", whorl_row_words(concat_ws(chr(10), "
        + searched
        + "), stack) AS "
        + quoted(StoredColumns.BLOCK)
        + ", corrected AS "
        + quoted(StoredColumns.NANOS)
        + ", "
        + timestamp("agent_nanos")
        + " AS \"jvm.time\", agent_nanos AS "
        + quoted(StoredColumns.AGENT_NANOS)
        + ", stack AS "
        + quoted(StoredColumns.STACK_ID)
        + ", "
        + plain
        + " FROM (SELECT * FROM "
        + table
        + " WHERE "
        + slice.condition()
        + " ORDER BY corrected, ordinal)) TO "
        + ParquetFiles.text(folder.resolve(StoredColumns.rows(file)))
        + FORMAT;
  }

  private static String timestamp(String nanos) {
    return "make_timestamp(" + nanos + " // 1000)::TIMESTAMPTZ";
  }

  /**
   * @param table of {@code id} and {@code frames}
   */
  void stacks(String table) throws SQLException, IOException {
    try (WordWriter words = new WordWriter(folder.resolve(StoredColumns.STACK_WORDS))) {
      WordFunction.register(base, "whorl_stack_words", words);
      copy(
          "SELECT id, frames, whorl_stack_words(frames, NULL) AS "
              + quoted(StoredColumns.BLOCK)
              + " FROM (SELECT id, frames FROM "
              + table
              + " ORDER BY id)",
          StoredColumns.STACKS);
    }
  }

  /**
   * @param table of {@code id}, {@code method}, {@code path} and {@code address}
   */
  void requests(String table) throws SQLException {
    copy("SELECT * FROM " + table + " ORDER BY id", StoredColumns.REQUESTS);
  }

  private void copy(String select, String file) throws SQLException {
    sql.execute("COPY (" + select + ") TO " + ParquetFiles.text(folder.resolve(file)) + FORMAT);
  }
}
