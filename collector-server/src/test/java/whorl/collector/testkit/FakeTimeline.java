package whorl.collector.testkit;

import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import whorl.collector.timeline.Column;
import whorl.collector.timeline.IndexStatus;
import whorl.collector.timeline.Row;
import whorl.collector.timeline.RowChoice;
import whorl.collector.timeline.Timeline;
import whorl.collector.timeline.TimelineQuery;
import whorl.collector.timeline.Where;
import whorl.collector.timeline.index.NotIndexedException;
import whorl.evidence.Id;
import whorl.evidence.Json;

/** Rows in memory, asked as a real timeline is. Its cursors are row numbers. */
public final class FakeTimeline implements Timeline {
  private final List<Row> rows = new ArrayList<>();
  private final Map<Id, Long> counts = new HashMap<>();
  private Reading reading = () -> {};

  /** What happens while rows are read. */
  @FunctionalInterface
  public interface Reading {
    void run() throws IOException;
  }

  /** From now on, this happens each time that a page is read. */
  public void onRead(Reading happening) {
    reading = happening;
  }

  /** Adds a row with the next number of its evidence. */
  public Row add(Id evidence, Instant time, String action, Map<Column, Object> values) {
    EnumMap<Column, Object> all = new EnumMap<>(Column.class);
    all.put(Column.TIME, nanos(time));
    all.put(Column.AGENT_TIME, nanos(time));
    all.put(Column.EVIDENCE, evidence.value());
    all.put(Column.ROW, counts.merge(evidence, 1L, Long::sum) - 1);
    all.put(Column.ACTION, action);
    all.putAll(values);
    Row row = Row.of(all);
    add(row);
    return row;
  }

  /** Adds a row as it is. */
  public void add(Row row) {
    rows.add(row);
  }

  @Override
  public Page page(TimelineQuery query) throws IOException {
    reading.run();
    List<Row> matching = matching(query).toList();
    int from = query.cursor() == null ? 0 : Integer.parseInt(query.cursor());
    int to = Math.min(matching.size(), from + query.limit());
    return new Page(matching.subList(from, to), to < matching.size() ? Integer.toString(to) : null);
  }

  @Override
  public void each(TimelineQuery query, Set<Column> columns, RowConsumer consumer)
      throws IOException {
    for (Row row : matching(query).toList()) {
      consumer.accept(narrowed(row, columns));
    }
  }

  @Override
  public void stacks(Id evidence, List<Long> numbers, int maxChars, StackConsumer stacks)
      throws IOException {
    Set<Long> wanted = Set.copyOf(numbers);
    for (Row row : rows) {
      String frames = row.text(Column.STACK_TRACE);
      if (frames != null && row.evidence().equals(evidence) && wanted.contains(row.number())) {
        stacks.accept(row.number(), frames.substring(0, Math.min(maxChars, frames.length())));
      }
    }
  }

  /** With nothing that was not asked for, so that nobody relies on it. */
  private static Row narrowed(Row row, Set<Column> columns) {
    Map<Column, Object> values = new EnumMap<>(Column.class);
    for (Column column : Column.values()) {
      boolean wanted =
          columns.contains(column)
              || column == Column.TIME
              || column == Column.ROW
              || column == Column.EVIDENCE;
      Object value = column.kind() == Column.Kind.TEXT ? row.text(column) : row.number(column);
      if (wanted && value != null) {
        values.put(column, value);
      }
    }
    return Row.of(values);
  }

  /** Not Parquet: a line of JSON a row. */
  @Override
  public void parquet(TimelineQuery query, OutputStream out) throws IOException {
    each(query, row -> out.write(Json.bytes(row.flat())));
  }

  @Override
  public Histogram histogram(TimelineQuery query, int buckets) throws IOException {
    List<Row> matching = matching(query).toList();
    if (matching.isEmpty()) {
      return new Histogram(null, null, 1, List.of());
    }
    long first = matching.stream().mapToLong(FakeTimeline::nanos).min().getAsLong();
    long last = matching.stream().mapToLong(FakeTimeline::nanos).max().getAsLong();
    long length = (last - first) / buckets + 1;
    Map<String, long[]> counts = new TreeMap<>();
    for (Row row : matching) {
      counts
          .computeIfAbsent(category(row), any -> new long[buckets])[
          (int) ((nanos(row) - first) / length)]++;
    }
    return new Histogram(
        Instant.EPOCH.plusNanos(first),
        Instant.EPOCH.plusNanos(first + length * buckets),
        length,
        counts.entrySet().stream()
            .map(
                each ->
                    new Series(
                        each.getKey(),
                        Stream.of(each.getValue())
                            .flatMap(all -> Arrays.stream(all).boxed())
                            .toList()))
            .toList());
  }

  @Override
  public List<TypeCount> types(TimelineQuery query) throws IOException {
    Map<String, TypeCount> counts = new TreeMap<>();
    each(
        query,
        row ->
            counts.merge(
                row.action(),
                new TypeCount(row.action(), category(row), 1),
                (one, more) -> new TypeCount(one.type(), one.category(), one.count() + 1)));
    return counts.values().stream()
        .sorted(Comparator.comparingLong(TypeCount::count).reversed())
        .toList();
  }

  private Stream<Row> matching(TimelineQuery query) throws NotIndexedException {
    for (Id evidence : query.evidence()) {
      if (rows.stream().noneMatch(row -> row.evidence().equals(evidence))) {
        throw new NotIndexedException(evidence, IndexStatus.NONE);
      }
    }
    Comparator<Row> order =
        Comparator.comparing(Row::time)
            .thenComparing(Row::evidence)
            .thenComparingLong(row -> row.number());
    return rows.stream()
        .filter(row -> matches(row, query))
        .sorted(query.newestFirst() ? order.reversed() : order)
        .map(row -> query.withStacks() || row.stack().isEmpty() ? row : withoutStack(row));
  }

  private static boolean matches(Row row, TimelineQuery query) {
    return query.evidence().contains(row.evidence())
        && (query.only() == null || isChosen(row, query.only()))
        && (query.from() == null || !row.time().isBefore(query.from()))
        && (query.to() == null || row.time().isBefore(query.to()))
        && (query.types().isEmpty()
            || query.types().stream().anyMatch(type -> isOfType(row.action(), type)))
        && (query.text() == null
            || Stream.of(query.text().toLowerCase(Locale.ROOT).split("\\s+"))
                .allMatch(searched(row)::contains))
        && query.where().stream().allMatch(where -> holds(row, where));
  }

  private static boolean isChosen(Row row, RowChoice only) {
    long value = only.by() == RowChoice.By.NUMBER ? row.number() : RowChoice.sourceNanos(row);
    return only.of(row.evidence().value()).contains(value);
  }

  private static boolean isOfType(String action, String type) {
    return type.endsWith("*")
        ? action.startsWith(type.substring(0, type.length() - 1))
        : action.equals(type);
  }

  private static String searched(Row row) {
    return (row.text(Column.MESSAGE) + "\n" + row.text(Column.FIELDS) + "\n" + row.stack())
        .toLowerCase(Locale.ROOT);
  }

  private static boolean holds(Row row, Where where) {
    if (where.column().kind() == Column.Kind.NUMBER) {
      Long number = row.number(where.column());
      long wanted = Long.parseLong(where.value());
      return number != null
          && switch (where.op()) {
            case EQ -> number == wanted;
            case NE -> number != wanted;
            case LT -> number < wanted;
            default -> number > wanted;
          };
    }
    String text = row.text(where.column());
    String wanted = where.value().toLowerCase(Locale.ROOT);
    return switch (where.op()) {
      case EQ -> where.value().equals(text);
      case NE -> !where.value().equals(text);
      case CONTAINS -> text != null && text.toLowerCase(Locale.ROOT).contains(wanted);
      default -> text != null && text.toLowerCase(Locale.ROOT).startsWith(wanted);
    };
  }

  private static Row withoutStack(Row row) {
    EnumMap<Column, Object> values = new EnumMap<>(Column.class);
    for (Column column : Column.values()) {
      Object value =
          column.kind() == Column.Kind.TEXT ? row.text(column) : (Object) row.number(column);
      if (value != null && column != Column.STACK_TRACE) {
        values.put(column, value);
      }
    }
    return Row.of(values);
  }

  private static String category(Row row) {
    String category = row.text(Column.CATEGORY);
    return category == null ? "other" : category;
  }

  private static long nanos(Row row) {
    return nanos(row.time());
  }

  private static long nanos(Instant time) {
    return time.getEpochSecond() * 1_000_000_000L + time.getNano();
  }
}
