package whorl.collector.alerts;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.collector.store.records.AlertRecord;
import whorl.collector.store.records.Deed;
import whorl.collector.store.triage.TriageState;
import whorl.collector.store.triage.TriagedAlert;
import whorl.evidence.Alert;
import whorl.evidence.EventLine;
import whorl.evidence.Id;

/**
 * An alert as the API shows it: the fields of {@link Alert} and the results.
 *
 * @param capture the first of {@code captures}, which the alert started or joined; null when none
 * @param evidence the first evidence of the captures; of an alert without one, evidence that has it
 *     among its events
 * @param notCaptured why there is no capture, or not on every agent; null otherwise
 * @param enrolled false when the agent that raised it never proved a key, so that anybody with an
 *     agent's token may have raised it; null when no agent raised it
 * @param partOf the first alert of the same group; null when this is the first
 * @param count number of the group's alerts so far, including this one
 * @param lastSeen the time of the group's newest alert
 * @param also the other rules that matched in the group
 * @param group the group that it is listed in; null until it has one, which takes a moment after an
 *     update
 * @param version counts what people changed
 * @param muted true if a mute hides it in lists of groups
 * @param journal the events before the alert; null in lists
 */
record AlertView(
    @JsonUnwrapped Alert alert,
    @Nullable Id agent,
    @Nullable String service,
    @Nullable String namespace,
    @Nullable String pod,
    Instant receivedAt,
    @JsonInclude(JsonInclude.Include.ALWAYS) @Nullable Id capture,
    List<Id> captures,
    @JsonInclude(JsonInclude.Include.ALWAYS) @Nullable Id evidence,
    @JsonInclude(JsonInclude.Include.ALWAYS) @Nullable String notCaptured,
    int journalEvents,
    @Nullable Boolean enrolled,
    @Nullable Id partOf,
    int count,
    Instant lastSeen,
    List<Deed.Match> also,
    @Nullable Id group,
    TriageState state,
    @Nullable String assignee,
    long version,
    boolean muted,
    @Nullable List<EventLine> journal) {
  static AlertView of(
      AlertRecord record,
      @Nullable Id evidence,
      @Nullable TriagedAlert triaged,
      @Nullable List<EventLine> journal) {
    Deed deed = record.deed();
    return new AlertView(
        record.alert(),
        record.agent(),
        record.service(),
        record.namespace(),
        record.pod(),
        record.receivedAt(),
        record.captures().isEmpty() ? null : record.captures().get(0),
        record.captures(),
        evidence,
        record.notCaptured(),
        record.journalEvents(),
        record.enrolled(),
        record.partOf(),
        deed == null ? 1 : deed.count(),
        deed == null ? record.alert().time() : deed.lastSeen(),
        deed == null ? List.of() : deed.also(),
        triaged == null ? null : triaged.group(),
        triaged == null ? TriageState.OPEN : triaged.state(),
        triaged == null ? null : triaged.assignee(),
        triaged == null ? 0 : triaged.version(),
        triaged != null && triaged.mute() != null,
        journal);
  }
}
