package whorl.collector.store.triage;

import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.collector.store.database.Database;
import whorl.collector.store.database.ResultRow;
import whorl.collector.store.records.AlertRecord;
import whorl.evidence.Id;

/** The mutes. Bounded: at most a thousand are in effect at once. Thread-safe. */
public final class AlertMutes {
  /** How many may be in effect at once. */
  public static final int MAX = 1_000;

  private static final int ALERTS_HIDDEN_MAX = 10_000;
  private static final Duration REMEMBERED = Duration.ofDays(30);
  private static final String COLUMNS =
      "id, rule, service, namespace, reason, who, at, until_at, ended_at, ended_by";

  private final Database database;

  public AlertMutes(Database database) {
    this.database = database;
  }

  /**
   * Runs before a change is made, and outside of transactions, because it may write elsewhere. If
   * the change fails after that, it was not made.
   */
  @FunctionalInterface
  public interface FirstStep {
    void run() throws IOException;
  }

  /** The mute that hides this alert; null if none does. */
  public @Nullable Id muting(AlertRecord alert) throws IOException {
    String service = alert.service();
    AlertMute mute =
        service == null
            ? null
            : inEffect(alert.alert().rule(), alert.namespace(), service, alert.receivedAt());
    return mute == null ? null : mute.id();
  }

  private @Nullable AlertMute inEffect(
      String rule, @Nullable String namespace, String service, Instant at) throws IOException {
    long millis = at.toEpochMilli();
    List<AlertMute> found =
        database.query(
            "SELECT "
                + COLUMNS
                + " FROM alert_mutes WHERE rule = ? AND service = ? AND namespace IN ('', ?)"
                + " AND at <= ? AND until_at > ? AND (ended_at IS NULL OR ended_at > ?)"
                + " ORDER BY until_at DESC LIMIT 1",
            AlertMutes::read,
            rule,
            service,
            namespace == null ? "" : namespace,
            millis,
            millis,
            millis);
    return found.isEmpty() ? null : found.get(0);
  }

  /** Those in effect, the newest first; with {@code all} also those of the last 30 days. */
  public List<AlertMute> list(Instant now, boolean all) throws IOException {
    return database.query(
        "SELECT "
            + COLUMNS
            + " FROM alert_mutes WHERE "
            + (all ? "until_at >= ?" : "until_at > ? AND ended_at IS NULL")
            + " ORDER BY id DESC LIMIT ?",
        AlertMutes::read,
        (all ? now.minus(REMEMBERED) : now).toEpochMilli(),
        2 * MAX);
  }

  /** The mute, or null. */
  public @Nullable AlertMute find(Id mute) throws IOException {
    List<AlertMute> found =
        database.query(
            "SELECT " + COLUMNS + " FROM alert_mutes WHERE id = ?", AlertMutes::read, mute.value());
    return found.isEmpty() ? null : found.get(0);
  }

  /**
   * Adds a mute, and hides the newest open alerts that it is about.
   *
   * @return false if too many are in effect
   */
  public boolean add(AlertMute mute, FirstStep first) throws IOException {
    long now = mute.at().toEpochMilli();
    if (count(now) >= MAX) {
      return false;
    }
    first.run();
    return database.inTransaction(
        () -> {
          int unused =
              database.update(
                  "DELETE FROM alert_mutes WHERE until_at < ?",
                  mute.at().minus(REMEMBERED).toEpochMilli());
          insert(mute);
          hide(mute);
          return true;
        });
  }

  private long count(long now) throws IOException {
    return database
        .query(
            "SELECT count(*) FROM alert_mutes WHERE until_at > ? AND ended_at IS NULL",
            row -> row.getLong(1),
            now)
        .get(0);
  }

  private void insert(AlertMute mute) throws IOException {
    int unused =
        database.update(
            "INSERT INTO alert_mutes (id, rule, service, namespace, reason, who, at, until_at)"
                + " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            mute.id().value(),
            mute.rule(),
            mute.service(),
            mute.namespace() == null ? "" : mute.namespace(),
            mute.reason(),
            mute.by(),
            mute.at().toEpochMilli(),
            mute.until().toEpochMilli());
  }

  private void hide(AlertMute mute) throws IOException {
    String namespace = mute.namespace() == null ? "" : mute.namespace();
    int hidden =
        database.update(
            "UPDATE alert_triage SET mute = ? WHERE seq IN (SELECT seq FROM alert_triage"
                + " WHERE rule = ? AND service = ? AND (? = '' OR namespace = ?) AND state = ?"
                + " AND mute IS NULL ORDER BY seq DESC LIMIT ?)",
            mute.id().value(),
            mute.rule(),
            mute.service(),
            namespace,
            namespace,
            TriageState.OPEN.word(),
            ALERTS_HIDDEN_MAX);
    if (hidden > 0) {
      int unused =
          database.update(
              "UPDATE alert_groups SET shown = 0 WHERE id IN"
                  + " (SELECT group_id FROM alert_triage WHERE mute = ?) AND NOT EXISTS"
                  + " (SELECT 1 FROM alert_triage t WHERE t.group_id = alert_groups.id"
                  + " AND t.mute IS NULL)",
              mute.id().value());
    }
  }

  /**
   * Ends a mute early, and shows what it hid.
   *
   * @return false if it is not in effect
   */
  public boolean end(Id mute, Instant now, String by, FirstStep first) throws IOException {
    AlertMute before = find(mute);
    if (before == null || before.endedAt() != null || !before.until().isAfter(now)) {
      return false;
    }
    first.run();
    return database.inTransaction(
        () -> {
          int ended =
              database.update(
                  "UPDATE alert_mutes SET ended_at = ?, ended_by = ?"
                      + " WHERE id = ? AND ended_at IS NULL AND until_at > ?",
                  now.toEpochMilli(),
                  by,
                  mute.value(),
                  now.toEpochMilli());
          if (ended == 0) {
            return false;
          }
          int unusedGroups =
              database.update(
                  "UPDATE alert_groups SET shown = 1 WHERE id IN"
                      + " (SELECT group_id FROM alert_triage WHERE mute = ?)",
                  mute.value());
          int unusedAlerts =
              database.update("UPDATE alert_triage SET mute = NULL WHERE mute = ?", mute.value());
          return true;
        });
  }

  private static AlertMute read(ResultRow row) throws SQLException {
    String namespace = row.getString(4);
    long ended = row.getLong(9);
    boolean isEnded = !row.wasNull();
    return new AlertMute(
        new Id(row.getString(1)),
        row.getString(2),
        row.getString(3),
        namespace.isEmpty() ? null : namespace,
        row.getString(5),
        row.getString(6),
        Instant.ofEpochMilli(row.getLong(7)),
        Instant.ofEpochMilli(row.getLong(8)),
        isEnded ? Instant.ofEpochMilli(ended) : null,
        row.getString(10));
  }
}
