package whorl.collector.store.triage;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.collector.store.database.Database;
import whorl.collector.store.outage.Outage;
import whorl.collector.store.records.AlertRecord;
import whorl.evidence.Json;

/**
 * Puts alerts into groups that have none: those of earlier versions, and those that a collector of
 * an earlier version inserts beside this one. It goes through the alerts once, oldest first, and
 * then looks at the newer ones. An alert that cannot be put into a group, for example because it
 * cannot be read, keeps back no other; it is tried again after the next start. Not safe for use by
 * several threads.
 */
public final class EarlierAlerts {
  private static final Logger LOG = LoggerFactory.getLogger(EarlierAlerts.class);
  private static final int AT_ONCE = 500;

  private final Database database;
  private final AlertGroups groups;
  private long seen;
  private long cleanedTo;
  private boolean cleaned;

  public EarlierAlerts(Database database, AlertGroups groups) {
    this.database = database;
    this.groups = groups;
  }

  /**
   * @param record null if the alert has a group
   */
  private record Row(long seq, @Nullable String record) {}

  /** Goes on until all alerts were looked at. */
  public void lookAll() throws IOException {
    while (!Thread.currentThread().isInterrupted() && look()) {
      // the next ones
    }
    while (!cleaned && !Thread.currentThread().isInterrupted()) {
      clean();
    }
  }

  /** Looks at the next alerts; true if there may be more. */
  boolean look() throws IOException {
    List<Row> rows =
        database.query(
            "SELECT a.seq, CASE WHEN t.seq IS NULL THEN a.record END FROM alerts a"
                + " LEFT JOIN alert_triage t ON t.seq = a.seq WHERE a.seq > ?"
                + " ORDER BY a.seq LIMIT ?",
            row -> new Row(row.getLong(1), row.getString(2)),
            seen,
            AT_ONCE);
    for (Row each : rows) {
      String record = each.record();
      if (record != null) {
        group(each.seq(), record);
      }
      seen = each.seq();
    }
    return rows.size() == AT_ONCE;
  }

  private void group(long seq, String record) throws IOException {
    try {
      AlertRecord alert = Json.LENIENT.readValue(record, AlertRecord.class);
      database.inTransaction(
          () -> {
            groups.inserted(seq, alert, null);
            return seq;
          });
    } catch (IOException | RuntimeException e) {
      if (Outage.of(e) != null) {
        throw e;
      }
      LOG.warn("alert number {} has no group; it is tried again after the next start", seq, e);
    }
  }

  /** Forgets alerts that a collector of an earlier version has evicted; once after a start. */
  private void clean() throws IOException {
    List<Row> rows =
        database.query(
            "SELECT t.seq, CASE WHEN a.seq IS NULL THEN 'gone' END FROM alert_triage t"
                + " LEFT JOIN alerts a ON a.seq = t.seq WHERE t.seq > ? ORDER BY t.seq LIMIT ?",
            row -> new Row(row.getLong(1), row.getString(2)),
            cleanedTo,
            AT_ONCE);
    List<Long> gone = new ArrayList<>();
    for (Row each : rows) {
      if (each.record() != null) {
        gone.add(each.seq());
      }
      cleanedTo = each.seq();
    }
    if (!gone.isEmpty()) {
      database.inTransaction(
          () -> {
            groups.evicted(gone);
            return gone.size();
          });
    }
    cleaned = rows.size() < AT_ONCE;
  }
}
