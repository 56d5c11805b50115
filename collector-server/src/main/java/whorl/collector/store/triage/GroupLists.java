package whorl.collector.store.triage;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import whorl.collector.store.access.Scope;
import whorl.collector.store.access.ScopedRows;
import whorl.collector.store.access.SearchText;
import whorl.collector.store.database.Database;
import whorl.collector.store.records.AlertRecord;
import whorl.collector.store.records.Catalog;
import whorl.collector.store.records.Page;
import whorl.evidence.Id;
import whorl.evidence.Json;
import whorl.evidence.Level;

/** Lists groups and what belongs to them. Thread-safe. */
public final class GroupLists {
  /** Muted groups are counted up to this number. */
  public static final int MUTED_COUNTED_MAX = 1_000;

  private static final int IDS_AT_ONCE = 100;
  private static final int ACTS_SHOWN = 500;

  private final Database database;
  private final ScopedRows scopedRows;
  private final GroupRows rows;
  private final RareWords rareWords;

  public GroupLists(Database database) {
    this.database = database;
    this.scopedRows = new ScopedRows(database);
    this.rows = new GroupRows(database);
    this.rareWords = new RareWords(database);
  }

  /** The same states as in the index of unfinished groups. */
  private static final Set<TriageState> UNFINISHED =
      Set.of(TriageState.OPEN, TriageState.ACKNOWLEDGED);

  /** A condition with its arguments. */
  private record Condition(StringBuilder sql, List<Object> arguments) {
    /** What groups must have; with the newest of them read by an index, in their order. */
    static Condition of(GroupFilter filter) {
      Condition condition = new Condition(new StringBuilder("1 = 1"), new ArrayList<>());
      condition.add("service = ?", filter.service());
      condition.add("level = ?", rank(filter.level()));
      // the highest level is one level, and so in the order of its index; a range is not
      String atLeast = filter.atLeast() == Level.CRITICAL ? "level = ?" : "(level + 0) >= ?";
      condition.add(atLeast, rank(filter.atLeast()));
      condition.addState(filter.states());
      return condition.rest(filter);
    }

    /** The same, with no index but the one of muted groups. */
    static Condition ofMuted(GroupFilter filter) {
      Condition condition = new Condition(new StringBuilder("1 = 1"), new ArrayList<>());
      condition.add("(service || '') = ?", filter.service());
      condition.add("(level + 0) = ?", rank(filter.level()));
      condition.add("(level + 0) >= ?", rank(filter.atLeast()));
      condition.addStates("", filter.states());
      return condition.rest(filter);
    }

    private Condition rest(GroupFilter filter) {
      add("source = ?", filter.source());
      add("last_at >= ?", millis(filter.from()));
      add("first_at <= ?", millis(filter.to()));
      addAssignee("", filter.assignee());
      if (filter.muted() != GroupFilter.Muted.SHOW) {
        sql.append(" AND shown = ");
        sql.append(filter.muted() == GroupFilter.Muted.HIDE ? 1 : 0);
      }
      addMembers(filter);
      return this;
    }

    static Condition ofAlerts(GroupFilter filter, @Nullable Id group) {
      Condition condition = new Condition(new StringBuilder("1 = 1"), new ArrayList<>());
      condition.add("service = ?", filter.service());
      condition.add("rule = ?", filter.rule());
      condition.add("source = ?", filter.source());
      if (group != null) {
        condition.sql.append(" AND seq IN (SELECT t.seq FROM alert_triage t WHERE 1 = 1");
        condition.add("t.group_id = ?", group.value());
      } else {
        condition.sql.append(" AND EXISTS (SELECT 1 FROM alert_triage t WHERE t.seq = alerts.seq");
      }
      condition.add("t.level = ?", rank(filter.level()));
      condition.add("t.level >= ?", rank(filter.atLeast()));
      condition.add("t.at >= ?", millis(filter.from()));
      condition.add("t.at <= ?", millis(filter.to()));
      condition.addAssignee("t.", filter.assignee());
      condition.addStates("t.", filter.states());
      if (filter.muted() != GroupFilter.Muted.SHOW) {
        boolean hide = filter.muted() == GroupFilter.Muted.HIDE;
        condition.sql.append(hide ? " AND t.mute IS NULL" : " AND t.mute IS NOT NULL");
      }
      if (filter.words() != null) {
        SearchText.addConditions(filter.words(), "t.words", condition.sql, condition.arguments);
      }
      condition.sql.append(')');
      return condition;
    }

    private void addAssignee(String of, @Nullable String assignee) {
      if (assignee != null && assignee.isEmpty()) {
        sql.append(" AND ").append(of).append("assignee IS NULL");
      } else {
        add(of + "assignee = ?", assignee);
      }
    }

    /** Adds states by their words, as the indexes of states have them, and not as arguments. */
    private void addState(Set<TriageState> states) {
      if (states.equals(UNFINISHED)) {
        sql.append(" AND state IN ('open', 'acknowledged')");
      } else if (states.size() == 1) {
        sql.append(" AND state = '").append(states.iterator().next().word()).append('\'');
      } else {
        addStates("", states);
      }
    }

    private void addStates(String of, Set<TriageState> states) {
      if (!states.isEmpty()) {
        sql.append(" AND (").append(of).append("state || '') IN (").append(marks(states));
        sql.append(')');
        states.forEach(state -> arguments.add(state.word()));
      }
    }

    private void add(String test, @Nullable Object value) {
      if (value != null) {
        sql.append(" AND ").append(test);
        arguments.add(value);
      }
    }

    /** What one alert of the group must have. */
    private void addMembers(GroupFilter filter) {
      if (filter.rule() == null && filter.words() == null) {
        return;
      }
      sql.append(" AND EXISTS (SELECT 1 FROM alert_triage t WHERE t.group_id = alert_groups.id");
      add("t.rule = ?", filter.rule());
      if (filter.words() != null) {
        SearchText.addConditions(filter.words(), "t.words", sql, arguments);
      }
      sql.append(')');
    }

    /** Only groups with one of these alerts; null for any. */
    void addGroupsOf(@Nullable List<Long> alerts) {
      if (alerts != null) {
        sql.append(" AND id IN (SELECT m.group_id FROM alert_triage m WHERE ");
        sql.append(RareWords.in("m.seq", alerts)).append(')');
      }
    }

    /** Only these alerts; null for any. */
    void addAlerts(@Nullable List<Long> alerts) {
      if (alerts != null) {
        sql.append(" AND ").append(RareWords.in("seq", alerts));
      }
    }

    private static @Nullable Integer rank(@Nullable Level level) {
      return level == null ? null : Catalog.rank(level);
    }

    private static @Nullable Long millis(@Nullable Instant time) {
      return time == null ? null : time.toEpochMilli();
    }
  }

  /**
   * A page of the groups that the scope holds, the one with the newest alert first.
   *
   * @param before the previous page's {@link Page#next}
   */
  public Page<AlertGroup> page(Scope scope, GroupFilter filter, @Nullable Long before, int limit)
      throws IOException {
    Condition condition = Condition.of(filter);
    condition.addGroupsOf(rareWords.alerts(filter.words()));
    condition.add("last_seq < ?", before);
    List<AlertGroup> found =
        scopedRows.read(
            scope,
            new ScopedRows.Page(
                GroupRows.COLUMNS,
                "alert_groups",
                condition.sql().toString(),
                condition.arguments(),
                "last_seq DESC",
                limit + 1,
                filter.service() != null || filter.assignee() != null),
            GroupRows::read);
    boolean more = found.size() > limit;
    List<AlertGroup> page = more ? found.subList(0, limit) : found;
    return new Page<>(page, more ? page.get(limit - 1).position() : null);
  }

  /** How many groups of the filter are muted, up to {@link #MUTED_COUNTED_MAX}. */
  public int countMuted(Scope scope, GroupFilter filter) throws IOException {
    Condition condition = Condition.ofMuted(filter.onlyMuted());
    condition.addGroupsOf(rareWords.alerts(filter.words()));
    ScopedRows.Within within = ScopedRows.within(scope);
    List<Object> arguments = new ArrayList<>(condition.arguments());
    arguments.addAll(within.arguments());
    arguments.add(MUTED_COUNTED_MAX);
    return database
        .query(
            "SELECT count(*) FROM (SELECT last_seq FROM alert_groups WHERE "
                + condition.sql()
                + within.sql()
                + " ORDER BY last_seq DESC LIMIT ?) AS muted_groups",
            row -> row.getInt(1),
            arguments.toArray())
        .get(0);
  }

  /** The group, or null. */
  public @Nullable AlertGroup find(Id group) throws IOException {
    return rows.find(group);
  }

  /**
   * A page of the alerts that the scope holds, newest first. It has at least 100 alerts, but fewer
   * than {@code limit} if they are long.
   *
   * @param group only those of this group; null for any
   * @param before the previous page's {@link Page#next}
   */
  public Page<AlertRecord> alerts(
      Scope scope, GroupFilter filter, @Nullable Id group, @Nullable Long before, int limit)
      throws IOException {
    Condition condition = Condition.ofAlerts(filter, group);
    if (group == null) {
      condition.addAlerts(rareWords.alerts(filter.words()));
    }
    condition.add("seq < ?", before);
    String where = condition.sql().toString();
    List<Object> arguments = condition.arguments();
    int fit =
        scopedRows.fitting(
            scope,
            new ScopedRows.Page(
                "seq, bytes", "alerts", where, arguments, "seq DESC", limit, group != null));
    List<Positioned> found =
        scopedRows.read(
            scope,
            new ScopedRows.Page(
                "seq, record", "alerts", where, arguments, "seq DESC", fit + 1, group != null),
            row ->
                new Positioned(
                    row.getLong(1), Json.LENIENT.readValue(row.getString(2), AlertRecord.class)));
    boolean more = found.size() > fit;
    List<Positioned> page = more ? found.subList(0, fit) : found;
    return new Page<>(
        page.stream().map(Positioned::alert).toList(), more ? page.get(fit - 1).seq() : null);
  }

  private record Positioned(long seq, AlertRecord alert) {}

  /** What was done with a group and its alerts, oldest first; the newest 500. */
  public List<AlertAct> acts(Id group) throws IOException {
    List<AlertAct> newest =
        new ArrayList<>(
            database.query(
                "SELECT id, alert, at, who, act, text FROM alert_acts WHERE group_id = ?"
                    + " ORDER BY id DESC LIMIT ?",
                row ->
                    new AlertAct(
                        new Id(row.getString(1)),
                        GroupRows.id(row.getString(2)),
                        Instant.ofEpochMilli(row.getLong(3)),
                        row.getString(4),
                        AlertAct.Kind.of(row.getString(5)),
                        row.getString(6)),
                group.value(),
                ACTS_SHOWN));
    Collections.reverse(newest);
    return newest;
  }

  /** What is known of those of the alerts that are in a group. */
  public Map<Id, TriagedAlert> triaged(Collection<Id> alerts) throws IOException {
    Map<Id, TriagedAlert> found = new HashMap<>();
    List<Id> all = List.copyOf(alerts);
    for (int from = 0; from < all.size(); from += IDS_AT_ONCE) {
      List<Id> next = all.subList(from, Math.min(all.size(), from + IDS_AT_ONCE));
      database.query(
          "SELECT id, group_id, state, assignee, version, evidence, mute FROM alert_triage"
              + " WHERE id IN ("
              + marks(next)
              + ")",
          row ->
              found.put(
                  new Id(row.getString(1)),
                  new TriagedAlert(
                      new Id(row.getString(1)),
                      new Id(row.getString(2)),
                      TriageState.of(row.getString(3)),
                      row.getString(4),
                      row.getLong(5),
                      GroupRows.id(row.getString(6)),
                      GroupRows.id(row.getString(7)))),
          next.stream().map(Id::value).toArray());
    }
    return found;
  }

  /**
   * The evidence that holds each of these groups' alerts: that of its capture, else evidence that
   * has them among its events.
   */
  public Map<Id, Id> evidence(Collection<AlertGroup> groups) throws IOException {
    List<Id> captures =
        groups.stream().map(AlertGroup::capture).filter(Objects::nonNull).distinct().toList();
    Map<Id, Id> byCapture = ofCaptures(captures);
    Map<Id, Id> found = new HashMap<>();
    for (AlertGroup group : groups) {
      Id own = group.capture() == null ? null : byCapture.get(group.capture());
      Id evidence = own == null ? group.evidence() : own;
      if (evidence != null) {
        found.put(group.id(), evidence);
      }
    }
    return found;
  }

  /**
   * The evidence of those of the captures that have some. A capture names its evidence before that
   * is sealed, or although it never will be; then it has none. An agent may send evidence under the
   * id of any capture, and name any evidence in its own: so what the capture names counts if it is
   * of the same agent, or else the first evidence of that agent.
   */
  public Map<Id, Id> ofCaptures(Collection<Id> captures) throws IOException {
    Map<Id, Id> found = new HashMap<>();
    List<Id> all = List.copyOf(captures);
    for (int from = 0; from < all.size(); from += IDS_AT_ONCE) {
      List<Id> next = all.subList(from, Math.min(all.size(), from + IDS_AT_ONCE));
      Object[] ids = next.stream().map(Id::value).toArray();
      database.query(
          "SELECT c.id, c.evidence FROM captures c JOIN evidence e ON e.id = c.evidence"
              + " AND e.agent = c.agent WHERE c.id IN ("
              + marks(next)
              + ")",
          row -> found.put(new Id(row.getString(1)), new Id(row.getString(2))),
          ids);
      database.query(
          "SELECT e.capture, e.id FROM evidence e WHERE e.capture IN ("
              + marks(next)
              + ") AND NOT EXISTS (SELECT 1 FROM captures c WHERE c.id = e.capture"
              + " AND (c.evidence IS NOT NULL OR c.agent <> e.agent)) ORDER BY e.sealed_at, e.id",
          row -> found.putIfAbsent(new Id(row.getString(1)), new Id(row.getString(2))),
          ids);
    }
    return found;
  }

  private static String marks(Collection<?> values) {
    return String.join(", ", Collections.nCopies(values.size(), "?"));
  }
}
