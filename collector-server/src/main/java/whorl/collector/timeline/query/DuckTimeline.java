package whorl.collector.timeline.query;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import whorl.collector.store.disk.Modes;
import whorl.collector.timeline.Column;
import whorl.collector.timeline.Row;
import whorl.collector.timeline.Timeline;
import whorl.collector.timeline.TimelineQuery;
import whorl.collector.timeline.index.NotIndexedException;
import whorl.evidence.Id;

/** Timelines in Parquet files, queried with DuckDB. */
public final class DuckTimeline implements Timeline, AutoCloseable {
  private static final int BUCKETS_MAX = 2_000;

  /** So many types are counted by their names; an intruder can make very many. */
  private static final int TYPES_MAX = 2_000;

  /** The characters of these names together. */
  private static final long TYPES_MAX_CHARS = 1 << 20;

  private static final long NANOS_PER_SECOND = 1_000_000_000L;

  /** The maximum number of a timeline's row blocks in one statement. */
  private static final int BLOCKS_MAX = 1_000;

  /** The maximum number of rows in one statement. */
  private static final int NUMBERS_MAX = 10_000;

  static final List<Column> SHOWN = List.of(Column.values());

  /** The columns that identify a row; no row lacks them. */
  private static final Set<Column> IDENTIFYING =
      EnumSet.of(Column.TIME, Column.ROW, Column.EVIDENCE);

  private final Indexed indexed;
  private final Duck duck;
  private final Layouts layouts;
  private final Path exportFolder;

  /** Finds the rows of indexed evidence. */
  public interface Indexed {
    /**
     * @throws NotIndexedException if its rows cannot be queried
     */
    Rows of(Id evidence) throws IOException;
  }

  /**
   * The files of one timeline.
   *
   * @param files that hold its rows, in time order; at least one
   * @param constants the values that are the same in all its rows
   * @param release is called when no query uses the files any more
   */
  public record Rows(
      Path folder, List<Path> files, Map<Column, String> constants, Runnable release) {
    /** Files that stay anyway. */
    public Rows(Path folder, List<Path> files, Map<Column, String> constants) {
      this(folder, files, constants, () -> {});
    }
  }

  /**
   * @param exportFolder for temporary Parquet exports; used by this object only
   * @param memoryBytes DuckDB's limit for all queries
   */
  public DuckTimeline(Indexed indexed, Path exportFolder, long memoryBytes) throws IOException {
    this.indexed = indexed;
    this.exportFolder = exportFolder;
    this.duck = Duck.open(exportFolder, memoryBytes);
    this.layouts = new Layouts(duck);
  }

  @Override
  public Page page(TimelineQuery query) throws IOException {
    Cursor after = query.cursor() == null ? null : Cursor.parse(query.cursor());
    List<Row> rows;
    boolean cut;
    Duplicates duplicates = duplicates(query);
    try (QueryPlan queryPlan = plan(query, duplicates)) {
      PageSearch search = new PageSearch(duck, queryPlan, query, after);
      rows = search.rows(query.limit() + 1);
      cut = search.isCut();
      rows = duplicates.counted(new FileTimes(duck, queryPlan.scanPlans(query, 0)), rows);
    }
    if (rows.size() <= query.limit() && !cut) {
      return new Page(rows, null);
    }
    List<Row> shown = rows.subList(0, Math.min(rows.size(), query.limit()));
    return new Page(shown, Cursor.of(shown.get(shown.size() - 1)).text());
  }

  @Override
  public void each(TimelineQuery query, Set<Column> columns, RowConsumer consumer)
      throws IOException {
    List<Column> selected =
        SHOWN.stream()
            .filter(item -> columns.contains(item) || IDENTIFYING.contains(item))
            .toList();
    try (QueryPlan queryPlan = plan(query)) {
      for (TimelineQuery window : TimeWindows.of(query, queryPlan.spans())) {
        Select select = new Select(window, queryPlan.scanPlans(window, BLOCKS_MAX));
        duck.query(
            select.rows(selected),
            select.arguments(),
            result -> {
              while (result.next()) {
                consumer.accept(row(result, selected));
              }
            });
      }
    }
  }

  @Override
  public void stacks(Id evidence, List<Long> numbers, int maxChars, StackConsumer stacks)
      throws IOException {
    TimelineQuery query = TimelineQuery.of(evidence);
    try (QueryPlan queryPlan = plan(query)) {
      for (int from = 0; from < numbers.size(); from += NUMBERS_MAX) {
        List<List<Long>> batch =
            List.of(numbers.subList(from, Math.min(numbers.size(), from + NUMBERS_MAX)));
        Select select = new Select(query, queryPlan.forRows(batch));
        duck.query(
            select.stacks(batch.get(0), maxChars),
            select.arguments(),
            result -> {
              while (result.next()) {
                stacks.accept(result.getLong(1), result.getString(2));
              }
            });
      }
    }
  }

  @Override
  public void parquet(TimelineQuery query, OutputStream out) throws IOException {
    Files.createDirectories(exportFolder, Modes.folder());
    Path folder = Files.createTempDirectory(exportFolder, "export");
    List<Path> parts = new ArrayList<>();
    Path merged = folder.resolve("whole.parquet");
    try (QueryPlan queryPlan = plan(query)) {
      for (TimelineQuery window : TimeWindows.of(query, queryPlan.spans())) {
        Select select = new Select(window, queryPlan.scanPlans(window, BLOCKS_MAX));
        Path part = folder.resolve(parts.size() + ".parquet");
        parts.add(part);
        duck.copy(select.export(SHOWN), select.arguments(), part);
      }
      Path answer = parts.get(0);
      if (parts.size() > 1) {
        duck.copy("SELECT * FROM " + Duck.parquet(parts), List.of(), merged);
        answer = merged;
      }
      Files.copy(answer, out);
    } finally {
      for (Path part : parts) {
        Files.deleteIfExists(part);
      }
      Files.deleteIfExists(merged);
      Files.deleteIfExists(folder);
    }
  }

  @Override
  public Histogram histogram(TimelineQuery query, int buckets) throws IOException {
    if (buckets < 1 || buckets > BUCKETS_MAX) {
      throw new IllegalArgumentException("buckets must be from 1 to " + BUCKETS_MAX);
    }
    try (QueryPlan queryPlan = plan(query)) {
      return histogram(new Select(query, queryPlan.scanPlans(query, BLOCKS_MAX)), buckets);
    }
  }

  private Histogram histogram(Select select, int buckets) throws IOException {
    long[] ends = new long[2];
    boolean[] found = {false};
    duck.query(
        select.ends(),
        select.arguments(),
        result -> {
          result.next();
          ends[0] = result.getLong(1);
          found[0] = !result.wasNull();
          ends[1] = result.getLong(2);
        });
    if (!found[0]) {
      return new Histogram(null, null, 1, List.of());
    }
    long length = (ends[1] - ends[0]) / buckets + 1;
    Map<String, long[]> counts = new TreeMap<>();
    duck.query(
        select.histogram(ends[0], length),
        select.arguments(),
        result -> {
          while (result.next()) {
            long[] series =
                counts.computeIfAbsent(result.getString(1), category -> new long[buckets]);
            series[(int) result.getLong(2)] = result.getLong(3);
          }
        });
    List<Series> series = new ArrayList<>();
    counts.forEach(
        (category, item) -> series.add(new Series(category, Arrays.stream(item).boxed().toList())));
    return new Histogram(
        instant(ends[0]), instant(ends[0] + length * buckets), length, List.copyOf(series));
  }

  @Override
  public List<TypeCount> types(TimelineQuery query) throws IOException {
    List<TypeCount> counts = new ArrayList<>();
    try (QueryPlan queryPlan = plan(query)) {
      Select select = new Select(query, queryPlan.scanPlans(query, BLOCKS_MAX));
      duck.query(
          select.types(),
          select.arguments(),
          result -> {
            long chars = 0;
            long others = 0;
            while (result.next()) {
              String type = result.getString(1);
              chars += type.length();
              if (counts.size() < TYPES_MAX && chars <= TYPES_MAX_CHARS) {
                counts.add(new TypeCount(type, result.getString(2), result.getLong(3)));
              } else {
                others += result.getLong(3);
              }
            }
            if (others > 0) {
              counts.add(TypeCount.ofOthers(others));
            }
          });
    }
    return counts;
  }

  @Override
  public void close() throws IOException {
    duck.close();
  }

  /** Finds what says the same as other rows; its own question shows all. */
  private Duplicates duplicates(TimelineQuery query) throws IOException {
    return Duplicates.appliesTo(query)
        ? Duplicates.of(query, (alerts, columns, rows) -> each(alerts, columns, rows))
        : Duplicates.SHOWN;
  }

  private QueryPlan plan(TimelineQuery query) throws IOException {
    return plan(query, duplicates(query));
  }

  private QueryPlan plan(TimelineQuery query, Duplicates duplicates) throws IOException {
    List<Rows> timelines = new ArrayList<>();
    try {
      for (Id evidence : query.evidence().stream().distinct().sorted().toList()) {
        timelines.add(indexed.of(evidence));
      }
      return QueryPlan.of(query, timelines, duplicates.hidden(), layouts, duck);
    } catch (IOException | RuntimeException | Error e) {
      timelines.forEach(each -> each.release().run());
      throw e;
    }
  }

  static Row row(ResultSet result, List<Column> columns) throws SQLException {
    EnumMap<Column, Object> values = new EnumMap<>(Column.class);
    for (int i = 0; i < columns.size(); i++) {
      Column column = columns.get(i);
      if (column.kind() == Column.Kind.TEXT) {
        String text = result.getString(i + 1);
        if (text != null) {
          values.put(column, text);
        }
      } else {
        long number = result.getLong(i + 1);
        if (!result.wasNull()) {
          values.put(column, number);
        }
      }
    }
    return Row.of(values);
  }

  static Instant instant(long epochNanos) {
    return Instant.ofEpochSecond(
        Math.floorDiv(epochNanos, NANOS_PER_SECOND), Math.floorMod(epochNanos, NANOS_PER_SECOND));
  }

  /** The position after a page: {@code nanos.row.evidence} in Base64. */
  record Cursor(long nanos, long row, @Nullable String evidence) {
    static Cursor of(Row row) {
      Long nanos = row.number(Column.TIME);
      if (nanos == null) {
        throw new IllegalStateException("a row without a time: " + row.id());
      }
      return new Cursor(nanos, row.number(), row.evidence().value());
    }

    static Cursor parse(String text) {
      try {
        String plain = new String(Base64.getUrlDecoder().decode(text), StandardCharsets.US_ASCII);
        String[] parts = plain.split("\\.", 3);
        return new Cursor(
            Long.parseLong(parts[0]), Long.parseLong(parts[1]), new Id(parts[2]).value());
      } catch (RuntimeException e) {
        throw new IllegalArgumentException("not a cursor of this list", e);
      }
    }

    String text() {
      return Base64.getUrlEncoder()
          .withoutPadding()
          .encodeToString((nanos + "." + row + "." + evidence).getBytes(StandardCharsets.US_ASCII));
    }
  }
}
