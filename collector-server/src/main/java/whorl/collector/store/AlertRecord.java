package whorl.collector.store;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.evidence.Alert;
import whorl.evidence.Id;

/**
 * An alert and what came of it.
 *
 * @param agent who raised it, or the one agent an outside alert led to; else null
 * @param captures those it started or joined
 * @param notCaptured why it has no capture of its own; null when it has
 * @param journalEvents how many events are kept with it
 * @param enrolled whether the agent that raised it had proved its key; null where no agent did, and
 *     in alerts of earlier versions
 */
public record AlertRecord(
    Alert alert,
    @Nullable Id agent,
    @Nullable String service,
    @Nullable String namespace,
    @Nullable String pod,
    Instant receivedAt,
    List<Id> captures,
    @Nullable String notCaptured,
    int journalEvents,
    @Nullable Boolean enrolled) {
  public AlertRecord {
    captures = captures == null ? List.of() : List.copyOf(captures);
  }

  /** The same alert, once it is known what comes of it. */
  public AlertRecord decided(List<Id> captures, @Nullable String notCaptured) {
    return new AlertRecord(
        alert,
        agent,
        service,
        namespace,
        pod,
        receivedAt,
        captures,
        notCaptured,
        journalEvents,
        enrolled);
  }
}
