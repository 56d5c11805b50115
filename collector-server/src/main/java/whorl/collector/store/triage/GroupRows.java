package whorl.collector.store.triage;

import java.io.IOException;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.collector.store.database.Database;
import whorl.collector.store.database.ResultRow;
import whorl.collector.store.records.Deed;
import whorl.evidence.Id;
import whorl.evidence.Json;

/** Reads and writes single rows of groups. It has no state besides the database. */
final class GroupRows {
  /** The columns that {@link #read} reads. */
  static final String COLUMNS =
      "id, last_seq, agent, service, namespace, pod, source, level, title, titles, alerts,"
          + " first_at, last_at, request, capture, evidence, state, assignee, version, shown";

  private final Database database;

  GroupRows(Database database) {
    this.database = database;
  }

  static AlertGroup read(ResultRow row) throws SQLException, IOException {
    return new AlertGroup(
        new Id(row.getString(1)),
        row.getLong(2),
        id(row.getString(3)),
        row.getString(4),
        row.getString(5),
        row.getString(6),
        row.getString(7),
        Ranks.level(row.getInt(8)),
        row.getString(9),
        List.of(Json.LENIENT.readValue(row.getString(10), Deed.Match[].class)),
        row.getLong(11),
        Instant.ofEpochMilli(row.getLong(12)),
        Instant.ofEpochMilli(row.getLong(13)),
        row.getString(14),
        id(row.getString(15)),
        id(row.getString(16)),
        TriageState.of(row.getString(17)),
        row.getString(18),
        row.getLong(19),
        row.getInt(20) == 0);
  }

  static @Nullable Id id(@Nullable String text) {
    return text == null ? null : new Id(text);
  }

  @Nullable AlertGroup find(Id group) throws IOException {
    return first("id = ?", group.value());
  }

  /** The row, which stays locked until the end of the transaction. */
  @Nullable AlertGroup lock(String group) throws IOException {
    return first("id = ?" + database.forUpdate(), group);
  }

  /** The row of the group that an alert is in; null if it is in none. */
  @Nullable AlertGroup ofAlert(Id alert) throws IOException {
    return first("id = (SELECT group_id FROM alert_triage WHERE id = ?)", alert.value());
  }

  private @Nullable AlertGroup first(String condition, String id) throws IOException {
    List<AlertGroup> found =
        database.query(
            "SELECT " + COLUMNS + " FROM alert_groups WHERE " + condition, GroupRows::read, id);
    return found.isEmpty() ? null : found.get(0);
  }

  /** The state of the least finished alert of a group; null if it has none. */
  @Nullable TriageState leastFinished(Id group) throws IOException {
    return database
        .query(
            "SELECT DISTINCT state FROM alert_triage WHERE group_id = ?",
            row -> TriageState.of(row.getString(1)),
            group.value())
        .stream()
        .min(TriageState::compareTo)
        .orElse(null);
  }

  void add(Id group, AlertAct act) throws IOException {
    int unused =
        database.update(
            "INSERT INTO alert_acts (id, group_id, alert, at, who, act, text)"
                + " VALUES (?, ?, ?, ?, ?, ?, ?)",
            act.id().value(),
            group.value(),
            act.alert() == null ? null : act.alert().value(),
            act.at().toEpochMilli(),
            act.by(),
            act.act().word(),
            act.text());
  }
}
