package whorl.collector.store.triage;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import whorl.collector.store.database.Database;
import whorl.collector.store.records.AlertLedger;
import whorl.collector.store.records.AlertRecord;
import whorl.collector.store.records.Catalog;
import whorl.collector.store.records.Deed;
import whorl.evidence.Alert;
import whorl.evidence.Id;
import whorl.evidence.Json;

/**
 * Puts each alert into a group, in the transaction that inserts it. Nothing here decides about
 * captures. Thread-safe.
 */
public final class AlertGroups implements AlertLedger.Groups {
  private static final int TITLES_MAX = 50;
  private static final int IDS_AT_ONCE = 100;
  private static final int PLACES_MAX = 100;

  private final Database database;
  private final GroupRows rows;
  private final GroupFinder finder;
  private final AlertMutes mutes;

  public AlertGroups(Database database, AlertMutes mutes) {
    this.database = database;
    this.rows = new GroupRows(database);
    this.finder = new GroupFinder(database);
    this.mutes = mutes;
  }

  @Override
  public void inserted(long seq, AlertRecord record, @Nullable String repeats) throws IOException {
    AlertTraits traits = AlertTraits.of(record, repeats);
    AlertGroup group = group(record, traits);
    Id mute = mutes.muting(record);
    TriageState state =
        traits.over()
            ? TriageState.RESOLVED
            : group == null || isGraver(record, group) ? TriageState.OPEN : group.state();
    Id groupId = group == null ? record.alert().id() : group.id();
    if (!insertRow(seq, record, traits, groupId, state, group, mute)) {
      return; // another collector has just done it
    }
    if (group == null) {
      insertGroup(seq, record, traits, state, mute != null);
      return;
    }
    join(seq, record, traits, group, mute != null);
    if (traits.over()) {
      end(record, traits, group);
    } else if (isGraver(record, group) && group.state() != TriageState.OPEN) {
      reopen(record, group);
    }
  }

  /** The group of an alert; null if it has none yet. */
  public @Nullable AlertGroup groupOf(Id alert) throws IOException {
    return rows.ofAlert(alert);
  }

  /** What an alert is about, as far as that is known. */
  public record Place(@Nullable Id agent, @Nullable String service, @Nullable String namespace) {}

  /** What the alerts of a group are about, each once, and at most a hundred. */
  public List<Place> places(Id group) throws IOException {
    return database.query(
        "SELECT DISTINCT agent, service, namespace FROM alert_triage WHERE group_id = ? LIMIT ?",
        row -> new Place(GroupRows.id(row.getString(1)), row.getString(2), row.getString(3)),
        group.value(),
        PLACES_MAX);
  }

  /** The group that the alert joins, locked; null if it begins one. */
  private @Nullable AlertGroup group(AlertRecord record, AlertTraits traits) throws IOException {
    for (String each : finder.candidates(record, traits)) {
      AlertGroup group = rows.lock(each);
      // that something is over is no news in a group that is done
      if (group != null && (!group.state().isClosed() || traits.over())) {
        return group;
      }
    }
    return null;
  }

  private static boolean isGraver(AlertRecord record, AlertGroup group) {
    return record.alert().level().compareTo(group.level()) > 0;
  }

  private boolean insertRow(
      long seq,
      AlertRecord record,
      AlertTraits traits,
      Id groupId,
      TriageState state,
      @Nullable AlertGroup group,
      @Nullable Id mute)
      throws IOException {
    Alert alert = record.alert();
    return database.update(
            "INSERT INTO alert_triage (seq, id, group_id, agent, at, rule, service, namespace,"
                + " level, capture, request, client, repeats, state, assignee, version, mute,"
                + " words) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?)"
                + " ON CONFLICT DO NOTHING",
            seq,
            alert.id().value(),
            groupId.value(),
            value(record.agent()),
            record.receivedAt().toEpochMilli(),
            alert.rule(),
            record.service(),
            record.namespace(),
            Catalog.rank(alert.level()),
            traits.capture(),
            traits.request(),
            traits.client(),
            traits.repeats(),
            state.word(),
            group == null ? null : group.assignee(),
            value(mute),
            traits.words())
        > 0;
  }

  /**
   * When an alert happened, in milliseconds. If the clock that says so is wrong, or the alert came
   * late, this reaches to when the collector received it: who asks for the last ten minutes must
   * not miss what came in them.
   */
  private record Listed(long from, long to) {
    private static final long CLOCKS_DIFFER_MILLIS = 60_000;

    static Listed of(AlertRecord record) {
      long happened = record.alert().time().toEpochMilli();
      long received = record.receivedAt().toEpochMilli();
      return Math.abs(happened - received) <= CLOCKS_DIFFER_MILLIS
          ? new Listed(happened, happened)
          : new Listed(Math.min(happened, received), Math.max(happened, received));
    }
  }

  private void insertGroup(
      long seq, AlertRecord record, AlertTraits traits, TriageState state, boolean muted)
      throws IOException {
    Alert alert = record.alert();
    Listed listed = Listed.of(record);
    int unused =
        database.update(
            "INSERT INTO alert_groups (id, last_seq, whose, agent, service, namespace, pod, source,"
                + " level, title, titles, alerts, first_at, last_at, request, capture, state,"
                + " version, shown)"
                + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1, ?, ?, ?, ?, ?, 0, ?)"
                + " ON CONFLICT (id) DO NOTHING",
            alert.id().value(),
            seq,
            Json.text(whose(record)),
            value(record.agent()),
            record.service(),
            record.namespace(),
            record.pod(),
            alert.source(),
            Catalog.rank(alert.level()),
            alert.title(),
            Json.text(List.of(match(alert))),
            listed.from(),
            listed.to(),
            traits.described(),
            traits.capture(),
            state.word(),
            muted ? 0 : 1);
  }

  private static Map<String, @Nullable Object> whose(AlertRecord record) {
    Map<String, @Nullable Object> whose = new LinkedHashMap<>();
    whose.put("agent", value(record.agent()));
    whose.put("service", record.service());
    whose.put("namespace", record.namespace());
    return whose;
  }

  private void join(
      long seq, AlertRecord record, AlertTraits traits, AlertGroup group, boolean muted)
      throws IOException {
    Alert alert = record.alert();
    boolean graver = isGraver(record, group);
    Listed listed = Listed.of(record);
    int unused =
        database.update(
            "UPDATE alert_groups SET last_seq = ?, level = ?, title = ?, titles = ?,"
                + " alerts = alerts + 1, first_at = ?, last_at = ?, request = ?, capture = ?,"
                + " shown = ? WHERE id = ?",
            Math.max(seq, group.position()),
            Catalog.rank(graver ? alert.level() : group.level()),
            graver ? alert.title() : group.title(),
            Json.text(titles(group.titles(), alert)),
            Math.min(listed.from(), group.first().toEpochMilli()),
            Math.max(listed.to(), group.last().toEpochMilli()),
            group.request() == null ? traits.described() : group.request(),
            group.capture() == null ? traits.capture() : group.capture().value(),
            group.muted() && muted ? 0 : 1,
            group.id().value());
  }

  private static List<Deed.Match> titles(List<Deed.Match> before, Alert more) {
    List<Deed.Match> titles = new ArrayList<>(before);
    for (int i = 0; i < titles.size(); i++) {
      Deed.Match each = titles.get(i);
      if (each.rule().equals(more.rule()) && each.level() == more.level()) {
        titles.set(
            i,
            new Deed.Match(
                each.alert(), each.rule(), each.level(), each.title(), each.count() + 1));
        return titles;
      }
    }
    if (titles.size() < TITLES_MAX) {
      titles.add(match(more));
    }
    return titles;
  }

  private static Deed.Match match(Alert alert) {
    return new Deed.Match(alert.id(), alert.rule(), alert.level(), alert.title(), 1);
  }

  /** What an alert from outside began is over. */
  private void end(AlertRecord record, AlertTraits traits, AlertGroup group) throws IOException {
    int ended =
        database.update(
            "UPDATE alert_triage SET state = ?, version = version + 1"
                + " WHERE group_id = ? AND repeats = ? AND state IN (?, ?)",
            TriageState.RESOLVED.word(),
            group.id().value(),
            traits.repeats(),
            TriageState.OPEN.word(),
            TriageState.ACKNOWLEDGED.word());
    if (ended > 0) {
      stateFromMembers(group, record, TriageState.RESOLVED);
    }
  }

  /** A graver alert came into a group that somebody had taken. */
  private void reopen(AlertRecord record, AlertGroup group) throws IOException {
    stateFromMembers(group, record, TriageState.OPEN);
  }

  private void stateFromMembers(AlertGroup group, AlertRecord why, TriageState act)
      throws IOException {
    TriageState state = rows.leastFinished(group.id());
    if (state == null || state == group.state()) {
      return;
    }
    int unused =
        database.update(
            "UPDATE alert_groups SET state = ?, version = version + 1 WHERE id = ?",
            state.word(),
            group.id().value());
    rows.add(
        group.id(),
        new AlertAct(
            Id.next(why::receivedAt),
            null,
            why.receivedAt(),
            why.alert().source(),
            AlertAct.Kind.STATE,
            act.word()));
  }

  @Override
  public void counted(Id first, AlertRecord more) throws IOException {
    List<String> found =
        database.query(
            "SELECT group_id FROM alert_triage WHERE id = ?",
            row -> row.getString(1),
            first.value());
    AlertGroup group = found.isEmpty() ? null : rows.lock(found.get(0));
    if (group != null) {
      join(group.position(), more, AlertTraits.of(more, null), group, mutes.muting(more) != null);
    }
  }

  @Override
  public void changed(AlertRecord record) throws IOException {
    if (record.captures().isEmpty()) {
      return;
    }
    String capture = record.captures().get(0).value();
    String alert = record.alert().id().value();
    int rowsChanged =
        database.update(
            "UPDATE alert_triage SET capture = ? WHERE id = ? AND capture IS NULL", capture, alert);
    if (rowsChanged > 0) {
      int unused =
          database.update(
              "UPDATE alert_groups SET capture = ? WHERE capture IS NULL AND id ="
                  + " (SELECT group_id FROM alert_triage WHERE id = ?)",
              capture,
              alert);
    }
  }

  @Override
  public void evicted(Collection<Long> positions) throws IOException {
    List<Long> all = List.copyOf(positions);
    for (int from = 0; from < all.size(); from += IDS_AT_ONCE) {
      List<Long> next = all.subList(from, Math.min(all.size(), from + IDS_AT_ONCE));
      Set<String> groups =
          new TreeSet<>(
              database.query(
                  "DELETE FROM alert_triage WHERE seq IN (" + marks(next) + ") RETURNING group_id",
                  row -> row.getString(1),
                  next.toArray()));
      for (String group : groups) {
        int gone =
            database.update(
                "DELETE FROM alert_groups WHERE id = ? AND NOT EXISTS"
                    + " (SELECT 1 FROM alert_triage t WHERE t.group_id = alert_groups.id)",
                group);
        if (gone > 0) {
          int unused = database.update("DELETE FROM alert_acts WHERE group_id = ?", group);
        }
      }
    }
  }

  /** Notes which evidence has these alerts of its agent among its events. */
  public void held(Id evidence, Id agent, Collection<Id> alerts) throws IOException {
    List<Id> all = List.copyOf(new LinkedHashSet<>(alerts));
    for (int from = 0; from < all.size(); from += IDS_AT_ONCE) {
      List<Id> next = all.subList(from, Math.min(all.size(), from + IDS_AT_ONCE));
      List<Object> arguments = new ArrayList<>(List.of(evidence.value(), agent.value()));
      next.forEach(each -> arguments.add(each.value()));
      String which = "agent = ? AND id IN (" + marks(next) + ")";
      database.inTransaction(
          () -> {
            int groups =
                database.update(
                    "UPDATE alert_groups SET evidence = ? WHERE evidence IS NULL AND id IN"
                        + " (SELECT group_id FROM alert_triage WHERE "
                        + which
                        + ")",
                    arguments.toArray());
            return groups
                + database.update(
                    "UPDATE alert_triage SET evidence = ? WHERE evidence IS NULL AND " + which,
                    arguments.toArray());
          });
    }
  }

  /** Forgets that this evidence had alerts, because it is gone. */
  public void purged(Id evidence) throws IOException {
    for (String table : List.of("alert_groups", "alert_triage")) {
      int unused =
          database.update(
              "UPDATE " + table + " SET evidence = NULL WHERE evidence = ?", evidence.value());
    }
  }

  private static String marks(Collection<?> values) {
    return String.join(", ", Collections.nCopies(values.size(), "?"));
  }

  private static @Nullable String value(@Nullable Id id) {
    return id == null ? null : id.value();
  }
}
