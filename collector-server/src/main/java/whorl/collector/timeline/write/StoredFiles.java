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
 * The files of {@link StoredColumns}, made of tables that DuckDB has. Row groups are small: that
 * costs a tenth of their size, and whoever looks for few rows among many reads little beside them.
 */
final class StoredFiles {
  private static final String FORMAT =
      " (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1, ROW_GROUP_SIZE "
          + WordWriter.BLOCK_TEXTS
          + ")";

  /** Sorting takes some times what the rows do, and the writer holds row groups beside. */
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
   * Sorts slice by slice, since rows may be as wide as whoever caused them likes.
   *
   * @param used the plain columns that any row has a value in; others are not stored
   * @param table with these columns and {@code corrected}, {@code agent_nanos}, {@code ordinal},
   *     {@code stack} and {@code bytes}
   * @return how many rows there are
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
