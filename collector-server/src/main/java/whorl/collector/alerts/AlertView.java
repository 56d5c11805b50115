package whorl.collector.alerts;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.collector.store.AlertRecord;
import whorl.collector.store.Deed;
import whorl.evidence.Alert;
import whorl.evidence.EventLine;
import whorl.evidence.Id;

/**
 * An alert as the API shows it: the fields of {@link Alert}, and what came of it.
 *
 * @param capture the capture it started or joined, the first of {@code captures}; null when none
 * @param evidence what the captures brought, the first that is there
 * @param notCaptured why there is no capture, or not on every agent; null when there is
 * @param enrolled false when the agent that raised it never proved a key: whoever holds an agent's
 *     token can have raised it; null where no agent did
 * @param partOf the first alert of the same deed; null when this is the first
 * @param count of the deed's alerts so far, this one among them
 * @param lastSeen when the newest of them happened
 * @param also the other rules that matched the deed
 * @param journal the events that led to it; null in lists
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
    @Nullable List<EventLine> journal) {
  static AlertView of(AlertRecord kept, @Nullable Id evidence, @Nullable List<EventLine> journal) {
    Deed deed = kept.deed();
    return new AlertView(
        kept.alert(),
        kept.agent(),
        kept.service(),
        kept.namespace(),
        kept.pod(),
        kept.receivedAt(),
        kept.captures().isEmpty() ? null : kept.captures().get(0),
        kept.captures(),
        evidence,
        kept.notCaptured(),
        kept.journalEvents(),
        kept.enrolled(),
        kept.partOf(),
        deed == null ? 1 : deed.count(),
        deed == null ? kept.alert().time() : deed.lastSeen(),
        deed == null ? List.of() : deed.also(),
        journal);
  }
}
