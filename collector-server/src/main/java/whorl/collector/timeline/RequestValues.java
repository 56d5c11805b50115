package whorl.collector.timeline;

import static whorl.collector.timeline.StoredColumns.quoted;

import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which requests of one timeline have the values that a query asks for: a row has its request's
 * method, path and address unless it has its own.
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

  /** More are not named one by one. */
  private static final int NAMED_MAX = 256;

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
            "SELECT id FROM " + matching(where, timeline, "$1") + " LIMIT " + (NAMED_MAX + 1),
            List.of(where.value()),
            result -> {
              while (result.next()) {
                ids.add(result.getString(1));
              }
            });
        if (ids.size() <= NAMED_MAX) {
          named.put(where, List.copyOf(ids));
        }
      }
    }
    return new RequestValues(timeline, Map.copyOf(named));
  }

  /** Whether rows have this of their requests. */
  static boolean isOf(Column column) {
    return COLUMNS.containsKey(column);
  }

  /** A row's own value, or that of its request {@code q}, in SQL. */
  static String filled(String own, Column column) {
    return "coalesce(" + own + ", q." + COLUMNS.get(column) + ")";
  }

  /** The ids of those that match, or for {@code ne} do not; null where they are too many. */
  @Nullable List<String> named(Where where) {
    return named.get(where);
  }

  /**
   * Whether a request is one of those that match, or for {@code ne} do not, in SQL.
   *
   * @param id the column that has its id
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

  private static String matching(Where where, DuckTimeline.Rows timeline, String wanted) {
    Where.Op op = where.op() == Where.Op.NE ? Where.Op.EQ : where.op();
    return Select.parquet(timeline, StoredColumns.REQUESTS)
        + " WHERE "
        + Conditions.compared(quoted(String.valueOf(COLUMNS.get(where.column()))), op, wanted);
  }
}
