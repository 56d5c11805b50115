package whorl.collector.timeline.query;

import static whorl.collector.timeline.StoredColumns.quoted;

import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.collector.timeline.Column;
import whorl.collector.timeline.StoredColumns;
import whorl.collector.timeline.TimelineQuery;
import whorl.collector.timeline.Where;

/**
 * Finds the requests of one timeline that match a query's conditions. A row without its own method,
 * path or address has those of its request.
 */
final class RequestValues {
  private static final Map<Column, String> COLUMNS =
      new EnumMap<>(
          Map.of(
              Column.REQUEST_METHOD,
              "method",
              Column.URL_PATH,
              "path",
              Column.SOURCE_IP,
              "address"));

  /** More ids are not listed in a statement. */
  private static final int LISTED_MAX = 256;

  private final DuckTimeline.Rows timeline;
  private final Map<Where, List<String>> named;

  private RequestValues(DuckTimeline.Rows timeline, Map<Where, List<String>> named) {
    this.timeline = timeline;
    this.named = named;
  }

  static RequestValues of(TimelineQuery query, DuckTimeline.Rows timeline, Duck duck)
      throws IOException {
    Map<Where, List<String>> named = new HashMap<>();
    for (Where where : query.where()) {
      if (isOf(where.column())) {
        List<String> ids = new ArrayList<>();
        duck.query(
            "SELECT id FROM " + matching(where, timeline, "$1") + " LIMIT " + (LISTED_MAX + 1),
            List.of(where.value()),
            result -> {
              while (result.next()) {
                ids.add(result.getString(1));
              }
            });
        if (ids.size() <= LISTED_MAX) {
          named.put(where, List.copyOf(ids));
        }
      }
    }
    return new RequestValues(timeline, Map.copyOf(named));
  }

  /** True for columns that rows inherit from their request. */
  static boolean isOf(Column column) {
    return COLUMNS.containsKey(column);
  }

  /** SQL for a row's own value, or that of its request {@code q}. */
  static String filled(String own, Column column) {
    return "coalesce(" + own + ", q." + COLUMNS.get(column) + ")";
  }

  /**
   * The ids of the requests that match, or for {@code ne} of those that do not; null if there are
   * too many.
   */
  @Nullable List<String> named(Where where) {
    return named.get(where);
  }

  /**
   * SQL that is true if a request is one of those that match, or for {@code ne} of those that do
   * not.
   *
   * @param id the column with the request's id
   */
  String contain(String id, Where where, Arguments arguments) {
    List<String> ids = named.get(where);
    if (ids == null) {
      return id
          + " IN (SELECT id FROM "
          + matching(where, timeline, arguments.name(where.value()))
          + ")";
    }
    return ids.isEmpty()
        ? "false"
        : id + " IN (" + String.join(", ", ids.stream().map(arguments::name).toList()) + ")";
  }

  private static String matching(Where where, DuckTimeline.Rows timeline, String operand) {
    Where.Op op = where.op() == Where.Op.NE ? Where.Op.EQ : where.op();
    return Select.parquet(timeline, StoredColumns.REQUESTS)
        + " WHERE "
        + Conditions.compared(quoted(String.valueOf(COLUMNS.get(where.column()))), op, operand);
  }
}
