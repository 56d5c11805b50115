package whorl.collector.timeline.query;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;

/**
 * Of {@link FileTimes} that several timelines of one host have, only the first of these shows each.
 * A statement has one table of them for each host: conditions that each compare a timeline with all
 * before it would read timelines as often as there are pairs.
 */
final class FirstFileTimes {
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

  /**
   * SQL with which a statement must begin that has a {@link #condition}; empty if none is needed.
   *
   * @param times the condition for the times of the query, on a row {@code r}
   */
  String tables(String times) {
    StringJoiner tables = new StringJoiner(", ", "WITH ", " ");
    tables.setEmptyValue("");
    for (List<Integer> places : ofHosts.values()) {
      tables.add(name(places) + " AS MATERIALIZED (" + shared(places, times) + ")");
    }
    return tables.toString();
  }

  /** Keys that several timelines have, each with the place of the first. */
  private String shared(List<Integer> places, String times) {
    StringJoiner all = new StringJoiner(" UNION ALL ");
    for (int place : places) {
      ScanPlan plan = plans.get(place);
      all.add(
          "SELECT "
              + FileTimes.key(plan)
              + " AS k, "
              + place
              + " AS place FROM "
              + FileTimes.from(plan)
              + " WHERE "
              + FileTimes.isOf(plan)
              + " AND "
              + times);
    }
    return "SELECT k, min(place) AS earliest FROM ("
        + all
        + ") GROUP BY k HAVING min(place) < max(place)";
  }

  /**
   * SQL that is true for a row {@code r} unless it is a file's time that an earlier timeline shows.
   *
   * @param place of the row's timeline in the list of scan plans
   */
  String condition(int place) {
    ScanPlan plan = plans.get(place);
    String host = plan.host();
    List<Integer> places = host == null ? List.of() : ofHosts.getOrDefault(host, List.of());
    if (places.isEmpty() || places.get(0) == place) {
      return "true";
    }
    return "(NOT "
        + FileTimes.isOf(plan)
        + " OR "
        + FileTimes.key(plan)
        + " NOT IN (SELECT k FROM "
        + name(places)
        + " WHERE earliest < "
        + place
        + "))";
  }

  private static String name(List<Integer> places) {
    return "files" + places.get(0);
  }
}
