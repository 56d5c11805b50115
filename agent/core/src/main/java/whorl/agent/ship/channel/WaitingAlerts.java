package whorl.agent.ship.channel;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import whorl.evidence.EventLine;
import whorl.evidence.Id;
import whorl.evidence.channel.AgentMessage.AlertJournal;
import whorl.evidence.channel.AgentMessage.AlertRaised;

/**
 * Alerts without a verdict, and the journals of those that were sent ahead of them. Of alerts, one
 * whose rule has another one here is dropped first, of those one of the lowest level, the oldest of
 * several: with requests, anybody can cause many of one rule, or of a low level. Of journals, the
 * oldest is. Guarded by the {@link Outbox}; only the numbers of dropped ones may be read on any
 * thread.
 */
final class WaitingAlerts {
  private final int max;
  private final long maxBytes;
  private final Map<Id, PendingAlert> alerts = new LinkedHashMap<>();
  private long alertBytes;
  private final AtomicLong droppedAlerts = new AtomicLong();

  /** Journals of alerts that were sent ahead of them. */
  private final Map<Id, AlertJournal> journals = new LinkedHashMap<>();

  private long journalBytes;
  private final AtomicLong droppedLines = new AtomicLong();

  /**
   * @param max of alerts, and of journals
   * @param maxBytes of alerts, and of journals
   */
  WaitingAlerts(int max, long maxBytes) {
    this.max = max;
    this.maxBytes = maxBytes;
  }

  /**
   * Adds an alert, in place of the same one: an alert that joined a capture is raised once more if
   * that capture becomes its own. Returns those that were dropped for it.
   */
  List<PendingAlert> add(PendingAlert added) {
    PendingAlert before = alerts.put(added.id(), added);
    alertBytes += added.bytes() - (before == null ? 0 : before.bytes());
    List<PendingAlert> dropped = new ArrayList<>();
    while (alerts.size() > 1 && (alerts.size() > max || alertBytes > maxBytes)) {
      PendingAlert least = removeLeast();
      alertBytes -= least.bytes();
      dropped.add(least);
      droppedAlerts.incrementAndGet();
    }
    return dropped;
  }

  /** Of at least two, at most one of them a self-test, whose loss would be taken for an attack. */
  private PendingAlert removeLeast() {
    Set<String> rules = new HashSet<>();
    Set<String> repeated = new HashSet<>();
    for (PendingAlert pending : alerts.values()) {
      if (!rules.add(pending.rule())) {
        repeated.add(pending.rule());
      }
    }
    PendingAlert least =
        alerts.values().stream()
            .filter(pending -> !pending.isSelfTest())
            .min(
                Comparator.comparing((PendingAlert pending) -> !repeated.contains(pending.rule()))
                    .thenComparing(PendingAlert::level))
            .orElseThrow();
    alerts.remove(least.id());
    return least;
  }

  /** Adds a journal to its alert, or keeps it if the alert is sent or has its verdict. */
  void add(AlertJournal journal) {
    PendingAlert pending = alerts.get(journal.alert());
    if (pending != null && !pending.isSent()) {
      alertBytes += pending.complete(journal.events());
      return;
    }
    AlertJournal before = journals.put(journal.alert(), journal);
    journalBytes += MessageBytes.of(journal.events());
    journalBytes -= before == null ? 0 : MessageBytes.of(before.events());
    while (journals.size() > 1 && (journals.size() > max || journalBytes > maxBytes)) {
      List<EventLine> oldest = Outbox.removeFirst(journals).events();
      journalBytes -= MessageBytes.of(oldest);
      droppedLines.addAndGet(oldest.size());
    }
  }

  /** The alert, which waits no longer; null if it is not here. */
  @Nullable PendingAlert remove(Id alert) {
    PendingAlert removed = alerts.remove(alert);
    alertBytes -= removed == null ? 0 : removed.bytes();
    return removed;
  }

  void removeSelfTests() {
    for (Iterator<PendingAlert> iterator = alerts.values().iterator(); iterator.hasNext(); ) {
      PendingAlert pending = iterator.next();
      if (pending.isSelfTest()) {
        alertBytes -= pending.bytes();
        iterator.remove();
      }
    }
  }

  /**
   * All are to be sent again.
   *
   * @param resent those that are sent again in another way
   */
  void sendAgain(Set<Id> resent) {
    for (PendingAlert pending : alerts.values()) {
      if (resent.contains(pending.id())) {
        continue;
      }
      pending.sendAgain();
      AlertJournal journal = journals.remove(pending.id());
      if (journal != null) {
        journalBytes -= MessageBytes.of(journal.events());
        alertBytes += pending.complete(journal.events());
      }
    }
  }

  List<PendingAlert> all() {
    return new ArrayList<>(alerts.values());
  }

  /**
   * Returns those that are to be sent now.
   *
   * @param ahead true if they may be sent before their journals
   */
  List<AlertRaised> take(boolean ahead) {
    List<AlertRaised> due = new ArrayList<>();
    for (PendingAlert pending : alerts.values()) {
      if (pending.isDue(ahead)) {
        due.add(pending.send());
      }
    }
    removeSelfTests(); // they get no verdict
    return due;
  }

  List<AlertJournal> takeJournals() {
    List<AlertJournal> taken = new ArrayList<>(journals.values());
    journals.clear();
    journalBytes = 0;
    return taken;
  }

  /** Approximate heap bytes. */
  long bytes() {
    return alertBytes + journalBytes;
  }

  /** How many alerts were dropped so far. */
  long droppedAlerts() {
    return droppedAlerts.get();
  }

  /** How many lines of journals were dropped so far. */
  long droppedLines() {
    return droppedLines.get();
  }
}
