package whorl.collector.store;

import java.time.Instant;
import java.util.ArrayList;
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
 * @param partOf the first alert of the same deed; null when this is the first
 * @param deed what its deed adds up to; null while there is but this one alert
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
    @Nullable Boolean enrolled,
    @Nullable Id partOf,
    @Nullable Deed deed) {
  private static final int CAPTURES_MAX = 1_000;

  public AlertRecord {
    captures = captures == null ? List.of() : List.copyOf(captures);
  }

  /** The first of its deed. */
  public AlertRecord(
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
    this(
        alert,
        agent,
        service,
        namespace,
        pod,
        receivedAt,
        captures,
        notCaptured,
        journalEvents,
        enrolled,
        null,
        null);
  }

  /** The same alert, once it is known what comes of it. */
  public AlertRecord decided(List<Id> captures, @Nullable String notCaptured) {
    return with(captures, notCaptured, partOf, deed);
  }

  /** The same alert, once the events that led to it have come. */
  public AlertRecord withJournal(int events) {
    return with(captures, notCaptured, events, partOf, deed);
  }

  /** The same alert as one more of a deed whose first is known. */
  public AlertRecord partOf(Id first) {
    return with(captures, notCaptured, first, null);
  }

  /** Whether this alert would be the first of its rule in the deed, and listed as that. */
  public boolean wouldList(Alert more) {
    return (deed == null ? Deed.of(alert) : deed).wouldList(alert, more.rule());
  }

  /** The first alert of a deed, once there is one more. */
  public AlertRecord with(AlertRecord more) {
    List<Id> all = joined(more.captures());
    Deed before = deed == null ? Deed.of(alert) : deed;
    return with(all, all.isEmpty() ? notCaptured : null, partOf, before.with(alert, more.alert()));
  }

  /** The first alert of a deed, once a later one has a capture. */
  public AlertRecord captured(List<Id> more) {
    List<Id> all = joined(more);
    return with(all, all.isEmpty() ? notCaptured : null, partOf, deed);
  }

  private List<Id> joined(List<Id> more) {
    List<Id> all = new ArrayList<>(captures);
    for (Id capture : more) {
      if (!all.contains(capture) && all.size() < CAPTURES_MAX) {
        all.add(capture);
      }
    }
    return all;
  }

  private AlertRecord with(
      List<Id> captures, @Nullable String notCaptured, @Nullable Id partOf, @Nullable Deed deed) {
    return with(captures, notCaptured, journalEvents, partOf, deed);
  }

  private AlertRecord with(
      List<Id> captures,
      @Nullable String notCaptured,
      int journalEvents,
      @Nullable Id partOf,
      @Nullable Deed deed) {
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
        enrolled,
        partOf,
        deed);
  }
}
