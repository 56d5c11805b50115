package whorl.collector.timeline.query;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.collector.timeline.Row;
import whorl.collector.timeline.TimelineQuery;

/**
 * Finds the rows of a page. It searches window by window until the page is full, and more windows
 * at a time if hits are rare. Then it reads these rows completely. It never reads data that is
 * neither shown nor part of a condition.
 */
final class PageSearch {
  private static final long FIRST_ROWS = 100_000;
  private static final int GROWTH = 4;

  /** With more blocks DuckDB plans too long. */
  private static final int BLOCKS_MAX = 500;

  /** A page is in memory as a whole, and an intruder can make rows of several MiB. */
  private static final long CHARS_MAX = 32L << 20;

  private final Duck duck;
  private final QueryPlan queryPlan;
  private final TimelineQuery query;
  private final DuckTimeline.@Nullable Cursor after;

  /** The numbers of the rows found, for each timeline of the query plan. */
  private final List<List<Long>> numbers = new ArrayList<>();

  private int found;
  private boolean cut;

  PageSearch(
      Duck duck, QueryPlan queryPlan, TimelineQuery query, DuckTimeline.@Nullable Cursor after) {
    this.duck = duck;
    this.queryPlan = queryPlan;
    this.query = query;
    this.after = after;
    for (int i = 0; i < queryPlan.timelines(); i++) {
      numbers.add(new ArrayList<>());
    }
  }

  /**
   * The first rows after the cursor, in order.
   *
   * @param limit the maximum number of rows; very long rows are fewer
   */
  List<Row> rows(int limit) throws IOException {
    long rowsAtOnce = FIRST_ROWS;
    List<TimelineQuery> windows = TimeWindows.of(remaining(), queryPlan.spans());
    int next = 0;
    while (next < windows.size() && found < limit) {
      TimelineQuery window = windows.get(next++);
      QueryPlan.Cost cost = queryPlan.cost(window);
      while (next < windows.size() && cost.rows() < rowsAtOnce && cost.blocks() < BLOCKS_MAX) {
        TimelineQuery nextWindow = windows.get(next++);
        window = joined(window, nextWindow);
        cost = cost.plus(queryPlan.cost(nextWindow));
      }
      if (cost.rows() > 0) {
        find(window, limit);
        rowsAtOnce *= GROWTH;
      }
    }
    return found == 0 ? List.of() : readRows();
  }

  /** True if there may be more rows, which together with these are too long for a page. */
  boolean isCut() {
    return cut;
  }

  /** The query without the rows before the cursor. */
  private TimelineQuery remaining() {
    if (after == null) {
      return query;
    }
    Instant at = DuckTimeline.instant(after.nanos());
    if (query.newestFirst()) {
      Instant end = at.plusNanos(1);
      return query.to() != null && query.to().isBefore(end)
          ? query
          : query.between(query.from(), end);
    }
    return query.from() != null && query.from().isAfter(at) ? query : query.between(at, query.to());
  }

  private TimelineQuery joined(TimelineQuery first, TimelineQuery next) {
    return query.newestFirst()
        ? first.between(next.from(), first.to())
        : first.between(first.from(), next.to());
  }

  private void find(TimelineQuery window, int limit) throws IOException {
    List<ScanPlan> plans = queryPlan.scanPlans(window, 2 * BLOCKS_MAX);
    Select select = new Select(window, plans);
    String keys = select.keys(after, limit - found);
    duck.query(
        keys,
        select.arguments(),
        result -> {
          while (result.next()) {
            numbers.get(result.getInt(3)).add(result.getLong(2));
            found++;
          }
        });
  }

  private List<Row> readRows() throws IOException {
    Select select = new Select(query, queryPlan.forRows(numbers));
    List<Row> rows = new ArrayList<>();
    String sql = select.rows(DuckTimeline.SHOWN, numbers);
    duck.query(
        sql,
        select.arguments(),
        result -> {
          long chars = 0;
          while (!cut && result.next()) {
            Row row = DuckTimeline.row(result, DuckTimeline.SHOWN);
            rows.add(row);
            chars += row.textChars();
            cut = chars > CHARS_MAX;
          }
        });
    return rows;
  }
}
