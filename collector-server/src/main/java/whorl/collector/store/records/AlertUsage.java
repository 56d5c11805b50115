package whorl.collector.store.records;

import java.io.IOException;
import whorl.collector.store.database.Database;

/**
 * The number and bytes of the stored alerts, those of agents and collectors ({@code own}) and those
 * from outside. They are one row, which is changed in the same transaction as the alerts.
 */
record AlertUsage(long ownAlerts, long ownBytes, long outsideAlerts, long outsideBytes) {
  static final AlertUsage NONE = new AlertUsage(0, 0, 0, 0);
  private static final String SELECT =
      "SELECT own_alerts, own_bytes, outside_alerts, outside_bytes FROM alert_usage WHERE one = 1";

  /** The room for all alerts; those from outside may have half of it. */
  record Limits(long alerts, long bytes) {}

  static AlertUsage read(Database database) throws IOException {
    return read(database, "");
  }

  /** Reads the row, which stays locked until the end of the transaction. */
  static AlertUsage lock(Database database) throws IOException {
    return read(database, database.forUpdate());
  }

  private static AlertUsage read(Database database, String lock) throws IOException {
    return database
        .query(
            SELECT + lock,
            row -> new AlertUsage(row.getLong(1), row.getLong(2), row.getLong(3), row.getLong(4)))
        .get(0);
  }

  /** Writes the row, unless it is {@code before}. */
  void write(Database database, AlertUsage before) throws IOException {
    if (equals(before)) {
      return;
    }
    database.update(
        "UPDATE alert_usage SET own_alerts = ?, own_bytes = ?, outside_alerts = ?,"
            + " outside_bytes = ? WHERE one = 1",
        ownAlerts,
        ownBytes,
        outsideAlerts,
        outsideBytes);
  }

  long alerts() {
    return ownAlerts + outsideAlerts;
  }

  AlertUsage with(boolean fromOutside, int alerts, long bytes) {
    return fromOutside
        ? new AlertUsage(ownAlerts, ownBytes, outsideAlerts + alerts, outsideBytes + bytes)
        : new AlertUsage(ownAlerts + alerts, ownBytes + bytes, outsideAlerts, outsideBytes);
  }

  AlertUsage minus(AlertUsage gone) {
    return new AlertUsage(
        ownAlerts - gone.ownAlerts,
        ownBytes - gone.ownBytes,
        outsideAlerts - gone.outsideAlerts,
        outsideBytes - gone.outsideBytes);
  }

  /** True if there is room for {@code size} more bytes. */
  boolean hasRoom(boolean fromOutside, long size, Limits limits) {
    return fits(size, limits) && (!fromOutside || outsideFits(size, limits));
  }

  boolean fits(long size, Limits limits) {
    return alerts() < limits.alerts() && ownBytes + outsideBytes + size <= limits.bytes();
  }

  boolean outsideFits(long size, Limits limits) {
    return outsideAlerts < limits.alerts() / 2 && outsideBytes + size <= limits.bytes() / 2;
  }
}
