package whorl.collector.cli.alerts;

import java.util.LinkedHashMap;
import java.util.Map;
import whorl.collector.cli.client.CollectorClient;
import whorl.collector.cli.terminal.CliException;
import whorl.collector.cli.terminal.ExitStatus;
import whorl.evidence.Id;

/** The requests about alerts, their groups, and mutes. */
final class AlertClient {
  private static final String GROUPS = "alert-groups";
  private static final String MUTES = "alert-mutes";

  private final CollectorClient collector;

  /**
   * A decision.
   *
   * @param before what it was just before
   * @param after the answer, which says what it is now
   */
  record Decided(AlertRow before, CollectorClient.One<AlertRow> after) {}

  AlertClient(CollectorClient collector) {
    this.collector = collector;
  }

  CollectorClient.Listing<AlertRow> alerts(Map<String, String> filters, int limit) {
    return collector.list("alerts", "alerts", filters, limit, AlertRow.class);
  }

  CollectorClient.Listing<AlertRow> groups(Map<String, String> filters, int limit) {
    return collector.list(GROUPS, "groups", filters, limit, AlertRow.class);
  }

  /** A group of alerts, with them and what was done with it. */
  CollectorClient.One<AlertRow> group(Id id) {
    return collector.one(GROUPS + "/" + id, AlertRow.class);
  }

  /**
   * Changes a group of alerts, or one alert, unless somebody else changes it at the same time.
   *
   * @param alertOnly true if {@code id} names an alert, and only that is meant
   */
  Decided decide(Id id, boolean alertOnly, Map<String, Object> change) {
    String path = GROUPS + "/" + id;
    CollectorClient.One<AlertRow> seen = null;
    if (!alertOnly) {
      try {
        seen = group(id);
      } catch (CliException e) {
        if (e.exitStatus() != ExitStatus.NOTHING_MATCHED) {
          throw e;
        }
      }
    }
    if (seen == null) { // an alert that is not the first of its group
      path = "alerts/" + id;
      seen = collector.one(path, AlertRow.class);
    }
    Map<String, Object> body = new LinkedHashMap<>(change);
    body.put("version", seen.row().version());
    return new Decided(seen.row(), collector.one("PATCH", path, body, AlertRow.class));
  }

  /** Mutes a rule. */
  CollectorClient.One<AlertRow.Mute> mute(Map<String, Object> order) {
    return collector.one("POST", MUTES, order, AlertRow.Mute.class);
  }

  /** The mutes in effect, and with {@code all} those of the last 30 days. */
  CollectorClient.Listing<AlertRow.Mute> mutes(boolean all) {
    return collector.list(MUTES + (all ? "?all=true" : ""), "mutes", AlertRow.Mute.class);
  }

  void endMute(Id id) {
    collector.delete(MUTES + "/" + id);
  }
}
