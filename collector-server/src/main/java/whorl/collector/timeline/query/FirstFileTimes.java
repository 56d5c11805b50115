package whorl.collector.timeline.query;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import java.util.function.Function;

/**
 * Of {@link FileTimes} that several timelines of one host have, only the first of these shows each.
 * A statement has one table of them, and joins it once: to compare each timeline with all before it
 * would take memory for each pair.
 */
final class FirstFileTimes {
  private static final String TABLE = "shared_files";

  private final List<ScanPlan> plans;

  /** The places of a host's timelines in the list of scan plans, if there are several. */
  private final Map<String, List<Integer>> ofHosts = new LinkedHashMap<>();

  FirstFileTimes(List<ScanPlan> plans) {
    this.plans = plans;
    for (int i = 0; i < plans.size(); i++) {
      String host = plans.get(i).host();
      if (host != null) {
        ofHosts.computeIfAbsent(host, any -> new ArrayList<>()).add(i);
      }
    }
    ofHosts.values().removeIf(places -> places.size() < 2);
  }

  /** False if no two timelines are of one host, so that all rows are shown. */
  boolean areCompared() {
    return !ofHosts.isEmpty();
  }

  /**
   * SQL with which a statement must begin that has {@link #shown}; may be empty.
   *
   * @param conditions the query's conditions for a timeline, on a row {@code r}. Only rows for
   *     which one of them holds are compared, so none that the query leaves out hides another
   */
  String table(Function<ScanPlan, List<String>> conditions) {
    if (!areCompared()) {
      return "";
    }
    StringJoiner all = new StringJoiner(" UNION ALL ");
    all.setEmptyValue("SELECT NULL::VARCHAR AS k, 0 AS place WHERE false");
    for (List<Integer> places : ofHosts.values()) {
      for (int place : places) {
        ScanPlan plan = plans.get(place);
        for (String condition : conditions.apply(plan)) {
          all.add(
              "SELECT "
                  + key(place)
                  + " AS k, "
                  + place
                  + " AS place FROM "
                  + FileTimes.from(plan)
                  + " WHERE "
                  + FileTimes.isOf(plan)
                  + " AND "
                  + condition);
        }
      }
    }
    return "WITH "
        + TABLE
        + " AS MATERIALIZED (SELECT k, min(place) AS earliest FROM ("
        + all
        + ") GROUP BY k HAVING min(place) < max(place)) ";
  }

  /** SQL for the columns that {@link #shown} compares, after others; may be empty. */
  String columns(int place) {
    if (!areCompared()) {
      return "";
    }
    String key =
        places(place).isEmpty()
            ? "NULL::VARCHAR"
            : "CASE WHEN " + FileTimes.isOf(plans.get(place)) + " THEN " + key(place) + " END";
    return ", " + key + " AS file_key, " + place + " AS file_place";
  }

  /**
   * SQL for those of these rows that are shown.
   *
   * @param rows SQL for rows of all timelines, with {@link #columns}
   */
  String shown(String rows) {
    return areCompared()
        ? "SELECT u.* FROM ("
            + rows
            + ") u LEFT JOIN "
            + TABLE
            + " f ON u.file_key = f.k WHERE f.k IS NULL OR f.earliest = u.file_place"
        : rows;
  }

  /** What times have in common that are the same and of one host. */
  private String key(int place) {
    return "'" + places(place).get(0) + " ' || " + FileTimes.key(plans.get(place));
  }

  private List<Integer> places(int place) {
    String host = plans.get(place).host();
    return host == null ? List.of() : ofHosts.getOrDefault(host, List.of());
  }
}
