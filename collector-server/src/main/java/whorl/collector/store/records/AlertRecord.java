package whorl.collector.store.records;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import whorl.evidence.Alert;
import whorl.evidence.Id;

/**
 * An alert and its consequences.
 *
 * @param agent the agent that raised it, or the one agent that an outside alert refers to; else
 *     null
 * @param captures the captures that it started or joined
 * @param notCaptured why it has no capture of its own; null if it has one
 * @param journalEvents the number of events stored with it
 * @param enrolled true if the agent that raised it had proved its key; null if no agent raised it,
 *     and in alerts of earlier versions
 * @param partOf the first alert of the same group; null if this is the first
 * @param deed the summary of its group; null while it is the only alert of the group
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

  /** Creates the first alert of a group. */
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

  /** A copy with the decision about its captures. */
  public AlertRecord decided(List<Id> captures, @Nullable String notCaptured) {
    return with(captures, notCaptured, partOf, deed);
  }

  /** A copy of an alert that is about no connected agent, with whose it says to be. */
  public AlertRecord of(@Nullable String named, @Nullable String serviceNamed) {
    return new AlertRecord(
        alert,
        agent,
        serviceNamed,
        named,
        pod,
        receivedAt,
        captures,
        notCaptured,
        journalEvents,
        enrolled,
        partOf,
        deed);
  }

  /** A copy that is about what another alert of its group is about. */
  public AlertRecord at(
      @Nullable Id other, @Nullable String itsService, @Nullable String itsNamespace) {
    return new AlertRecord(
        alert,
        other,
        itsService,
        itsNamespace,
        Objects.equals(other, agent) ? pod : null,
        receivedAt,
        captures,
        notCaptured,
        journalEvents,
        enrolled,
        partOf,
        deed);
  }

  /** A copy with the number of events that led to it. */
  public AlertRecord withJournal(int events) {
    return with(captures, notCaptured, events, partOf, deed);
  }

  /** A copy as a later alert of the group that {@code first} began. */
  public AlertRecord partOf(Id first) {
    return with(captures, notCaptured, first, null);
  }

  /** True if {@code more} would be listed in the group as the first match of its rule. */
  public boolean wouldList(Alert more) {
    return (deed == null ? Deed.of(alert) : deed).wouldList(alert, more.rule());
  }

  /** A copy of a group's first alert with one more alert added to the group. */
  public AlertRecord with(AlertRecord more) {
    List<Id> all = joinedCaptures(more.captures());
    Deed before = deed == null ? Deed.of(alert) : deed;
    return with(all, all.isEmpty() ? notCaptured : null, partOf, before.with(alert, more.alert()));
  }

  /** A copy of a group's first alert with the captures of a later one. */
  public AlertRecord captured(List<Id> more) {
    List<Id> all = joinedCaptures(more);
    return with(all, all.isEmpty() ? notCaptured : null, partOf, deed);
  }

  private List<Id> joinedCaptures(List<Id> more) {
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
