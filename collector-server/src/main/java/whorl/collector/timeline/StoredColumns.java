package whorl.collector.timeline;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * The layout of rows in {@code rows-00000.parquet}. If there are many rows, they continue in files
 * with higher numbers, each later than the one before. The columns are those of {@link Column},
 * with these differences:
 *
 * <ul>
 *   <li>times are stored twice: as {@code TIMESTAMP WITH TIME ZONE} in microseconds, which every
 *       Parquet reader supports, and as whole nanoseconds since 1970;
 *   <li>{@code jvm.stack} is the id of a stack in {@code stacks.parquet}, whose columns are {@code
 *       id} and {@code frames};
 *   <li>values that are the same for the whole evidence are not stored, nor are columns without any
 *       value;
 *   <li>{@code jvm.block} is the number of the block of rows in {@code row-words.bin}; {@code
 *       jvm.block} of {@code stacks.parquet} refers to {@code stack-words.bin} in the same way;
 *   <li>values that rows inherit from their request are in {@code requests.parquet}: {@code id},
 *       {@code method}, {@code path}, {@code address}.
 * </ul>
 */
public final class StoredColumns {
  public static final String STACKS = "stacks.parquet";
  public static final String REQUESTS = "requests.parquet";
  public static final String BLOCK = "jvm.block";

  /** The words that may occur in the {@link #searched} columns; links are the stacks' ids. */
  public static final String ROW_WORDS = "row-words.bin";

  /** The words that may occur in frames. */
  public static final String STACK_WORDS = "stack-words.bin";

  public static final String STATUS = "index.json";

  /** The values that are the same in all rows: a JSON object of columns and values. */
  public static final String CONSTANTS = "constants.json";

  /** {@code @timestamp} in nanoseconds. */
  public static final String NANOS = "jvm.timestamp_nanos";

  /** {@code jvm.time} in nanoseconds. */
  public static final String AGENT_NANOS = "jvm.time_nanos";

  public static final String STACK_ID = "jvm.stack";

  /** The columns whose value is the same in all rows of one piece of evidence. */
  public static final Set<Column> CONSTANT =
      EnumSet.of(
          Column.EVIDENCE, Column.SERVICE, Column.AGENT, Column.HOST, Column.CONTAINER, Column.POD);

  private static final Set<Column> SPECIAL =
      EnumSet.of(Column.TIME, Column.AGENT_TIME, Column.ROW, Column.STACK_TRACE);

  private static final Set<Column> FEW_VALUES =
      EnumSet.of(
          Column.KIND,
          Column.CATEGORY,
          Column.TYPE,
          Column.DATASET,
          Column.REQUEST_METHOD,
          Column.TRANSPORT,
          Column.FILE_MODE);

  private static final Set<String> FILES =
      Set.of(STACKS, REQUESTS, ROW_WORDS, STACK_WORDS, CONSTANTS);

  private StoredColumns() {}

  /** The name of a file of rows, by its number, from 0. */
  public static String rows(int file) {
    return String.format(Locale.ROOT, "rows-%05d.parquet", file);
  }

  /** True if this is the name of a file of rows. */
  public static boolean isRows(String name) {
    return name.startsWith("rows-") && name.endsWith(".parquet");
  }

  /** True if this is the name of a file of a timeline, besides {@link #STATUS}. */
  public static boolean isFile(String name) {
    return isRows(name) || FILES.contains(name);
  }

  /** The columns that hold values of sources, under their own names. */
  public static List<Column> plain() {
    return Arrays.stream(Column.values())
        .filter(column -> !SPECIAL.contains(column) && !CONSTANT.contains(column))
        .toList();
  }

  /** The columns whose words are in {@code row-words.bin}: texts with more than a few values. */
  public static List<Column> searched() {
    return plain().stream()
        .filter(column -> column.kind() == Column.Kind.TEXT && !FEW_VALUES.contains(column))
        .toList();
  }

  /** Quotes a name for SQL. */
  public static String quoted(String name) {
    return '"' + name.replace("\"", "\"\"") + '"';
  }
}
