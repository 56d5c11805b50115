package whorl.collector.alerts.triage;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.collector.store.records.Deed;
import whorl.collector.store.triage.AlertAct;
import whorl.collector.store.triage.AlertGroup;
import whorl.collector.store.triage.AlertMute;
import whorl.collector.store.triage.TriageState;
import whorl.evidence.Id;
import whorl.evidence.Level;

/**
 * A group of alerts in the API.
 *
 * @param level of its gravest alert, as {@code title}
 * @param count the number of its alerts
 * @param evidence evidence that holds them; null if there is none, or none analysed yet
 * @param version counts what people changed; a change names it
 * @param muted true if every alert of it is muted
 * @param titles the rules that matched, in the order of their first match
 * @param alerts its newest alerts; null in lists
 * @param acts what people did with it, oldest first; null in lists
 * @param mutes those in effect for its rules; null in lists
 */
record GroupView(
    Id id,
    Level level,
    String title,
    long count,
    Instant firstSeen,
    Instant lastSeen,
    TriageState state,
    @JsonInclude(JsonInclude.Include.ALWAYS) @Nullable String assignee,
    long version,
    boolean muted,
    String source,
    @Nullable Id agent,
    @Nullable String service,
    @Nullable String namespace,
    @Nullable String pod,
    @Nullable String request,
    @JsonInclude(JsonInclude.Include.ALWAYS) @Nullable Id capture,
    @JsonInclude(JsonInclude.Include.ALWAYS) @Nullable Id evidence,
    List<Deed.Match> titles,
    @Nullable List<Object> alerts,
    @Nullable List<AlertAct> acts,
    @Nullable List<AlertMute> mutes) {

  /** What only the view of one group has. */
  record Detail(List<Object> alerts, List<AlertAct> acts, List<AlertMute> mutes) {}

  static GroupView of(AlertGroup group, @Nullable Id evidence, @Nullable Detail detail) {
    return new GroupView(
        group.id(),
        group.level(),
        group.title(),
        group.alerts(),
        group.first(),
        group.last(),
        group.state(),
        group.assignee(),
        group.version(),
        group.muted(),
        group.source(),
        group.agent(),
        group.service(),
        group.namespace(),
        group.pod(),
        group.request(),
        group.capture(),
        evidence,
        group.titles(),
        detail == null ? null : detail.alerts(),
        detail == null ? null : detail.acts(),
        detail == null ? null : detail.mutes());
  }
}
