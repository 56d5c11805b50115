package whorl.collector.timeline;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * How rows lie in {@code rows-00000.parquet} and, where there are many, in files of higher numbers,
 * each later than the one before: the columns of {@link Column}, but that
 *
 * <ul>
 *   <li>times are there twice, as {@code TIMESTAMP WITH TIME ZONE} of microseconds, which every
 *       reader of Parquet knows, and as whole nanoseconds since 1970;
 *   <li>{@code jvm.stack} is the id of a stack in {@code stacks.parquet}, whose columns are {@code
 *       id} and {@code frames};
 *   <li>what is the same for the whole evidence is not there, nor a column without any value;
 *   <li>{@code jvm.block} is the number of the block of rows in {@code row-words.bin}; so is {@code
 *       jvm.block} of {@code stacks.parquet} in {@code stack-words.bin};
 *   <li>what a request's other rows say is in {@code requests.parquet}: {@code id}, {@code method},
 *       {@code path}, {@code address}.
 * </ul>
 */
public final class StoredColumns {
  public static final String STACKS = "stacks.parquet";
  public static final String REQUESTS = "requests.parquet";
  public static final String BLOCK = "jvm.block";

  /** Which words may stand in the {@link #searched} columns; links are the stacks' ids. */
  public static final String ROW_WORDS = "row-words.bin";

  /** Which words may stand in frames. */
  public static final String STACK_WORDS = "stack-words.bin";

  public static final String STATUS = "index.json";

  /** Nanoseconds behind {@code @timestamp}. */
  public static final String NANOS = "jvm.timestamp_nanos";

  /** Nanoseconds behind {@code jvm.time}. */
  public static final String AGENT_NANOS = "jvm.time_nanos";

  public static final String STACK_ID = "jvm.stack";

  /** What is the same in all rows of one piece of evidence. */
  public static final Set<Column> CONSTANT =
      EnumSet.of(
          Column.EVIDENCE, Column.SERVICE, Column.AGENT, Column.HOST, Column.CONTAINER, Column.POD);

  private static final Set<Column> APART =
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

  private StoredColumns() {}

  /** The name of a file of rows, by its number from 0. */
  public static String rows(int file) {
    return String.format(Locale.ROOT, "rows-%05d.parquet", file);
  }

  /** Whether a file of this name holds rows. */
  static boolean isRows(String name) {
    return name.startsWith("rows-") && name.endsWith(".parquet");
  }

  /** The columns that hold what sources say, under their own names. */
  public static List<Column> plain() {
    return Arrays.stream(Column.values())
        .filter(column -> !APART.contains(column) && !CONSTANT.contains(column))
        .toList();
  }

  /** The columns whose words are in {@code row-words.bin}: texts of more than a few values. */
  public static List<Column> searched() {
    return plain().stream()
        .filter(column -> column.kind() == Column.Kind.TEXT && !FEW_VALUES.contains(column))
        .toList();
  }

  /** A name in SQL. */
  public static String quoted(String name) {
    return '"' + name.replace("\"", "\"\"") + '"';
  }
}
