package whorl.collector.cli.alerts;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.evidence.Id;

/**
 * An alert or a group of alerts in the collector's lists.
 *
 * @param time of an alert
 * @param count of the alerts in its group; 0 from a collector that does not count them
 * @param version counts what people changed
 * @param firstSeen of a group
 * @param request of a group
 * @param alerts of one group that was asked for, as {@code acts} and {@code mutes}
 */
public record AlertRow(
    @Nullable String id,
    @Nullable Instant time,
    @Nullable String level,
    @Nullable String title,
    @Nullable String rule,
    @Nullable String source,
    @Nullable String service,
    @Nullable String capture,
    @Nullable String evidence,
    int count,
    @Nullable Map<String, Object> fields,
    @Nullable String state,
    @Nullable String assignee,
    long version,
    @Nullable Instant firstSeen,
    @Nullable Instant lastSeen,
    @Nullable String request,
    List<AlertRow> alerts,
    List<Act> acts,
    List<Mute> mutes) {
  public AlertRow {
    alerts = alerts == null ? List.of() : List.copyOf(alerts);
    acts = acts == null ? List.of() : List.copyOf(acts);
    mutes = mutes == null ? List.of() : List.copyOf(mutes);
  }

  /** What somebody did. */
  public record Act(
      @Nullable String alert,
      @Nullable Instant at,
      @Nullable String by,
      @Nullable String act,
      @Nullable String text) {
    /** In words. */
    public String describe() {
      String what =
          "state".equals(act)
              ? "now " + text
              : !"assignee".equals(act)
                  ? String.valueOf(text)
                  : text == null || text.isEmpty() ? "assigned to nobody" : "assigned to " + text;
      return alert == null ? what : what + " (alert " + alert + ")";
    }
  }

  /** A rule that is muted for a time. */
  public record Mute(
      @Nullable Id id,
      @Nullable String rule,
      @Nullable String service,
      @Nullable String namespace,
      @Nullable String reason,
      @Nullable String by,
      @Nullable Instant until,
      @Nullable Instant endedAt) {}

  /** The title, with the number of alerts in its group if there are several. */
  public @Nullable String describe() {
    String name = title == null ? rule : title;
    return count > 1 ? name + " (" + count + " alerts)" : name;
  }

  /** When it happened last. */
  public @Nullable Instant last() {
    return lastSeen == null ? time : lastSeen;
  }

  /** True if it is dealt with, or Alertmanager reports that it is over. */
  public boolean resolved() {
    return "resolved".equals(state)
        || ("alertmanager".equals(source)
            && fields != null
            && "resolved".equals(fields.get("status")));
  }
}
