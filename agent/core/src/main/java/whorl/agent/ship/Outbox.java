package whorl.agent.ship;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import whorl.agent.config.MemoryBudget;
import whorl.evidence.AgentMessage;
import whorl.evidence.AgentMessage.AlertJournal;
import whorl.evidence.AgentMessage.AlertRaised;
import whorl.evidence.AgentMessage.CaptureProgress;
import whorl.evidence.AgentMessage.RulesLoaded;
import whorl.evidence.CollectorMessage.AlertVerdict;
import whorl.evidence.EventLine;
import whorl.evidence.Id;

/**
 * What waits to go over the channel. Journal lines go once; an alert goes again at each connection
 * until its verdict has come; of a capture's progress the latest counts. Everything is bounded, the
 * oldest goes first. Any thread; a journal line takes no lock.
 */
final class Outbox {
  static final int MAX_JOURNAL_LINES = 4_096;
  static final int MAX_ALERTS = 64;
  static final int MAX_CAPTURES = 64;
  private static final int LINE_BYTES = 200;
  private static final int FIELD_BYTES = 32;
  private static final int TEXT_BYTES = 48;

  private final Queue<EventLine> journal = new ConcurrentLinkedQueue<>();
  private final AtomicInteger journalLines = new AtomicInteger();
  private final AtomicLong journalBytes = new AtomicLong();
  private final long maxJournalBytes;
  private final long maxAlertBytes;
  private final AtomicLong droppedLines = new AtomicLong();
  private final AtomicLong droppedAlerts = new AtomicLong();

  /** Guarded by this, as all that follows. */
  private final Map<Id, Pending> alerts = new LinkedHashMap<>();

  /** Of alerts that went ahead of them. */
  private final Map<Id, AlertJournal> journals = new LinkedHashMap<>();

  private long alertJournalBytes;
  private long alertBytes;

  private final Map<Id, CaptureProgress> captures = new LinkedHashMap<>();
  private @Nullable RulesLoaded rulesLoaded;
  private boolean rulesLoadedSent;
  private boolean connected;

  private volatile Runnable wake = () -> {};
  private volatile Runnable wakeAtOnce = () -> {};

  Outbox() {
    this(MemoryBudget.OF_THIS_JVM.journalBytes(), MemoryBudget.OF_THIS_JVM.alertBytes());
  }

  Outbox(long maxJournalBytes, long maxAlertBytes) {
    this.maxJournalBytes = maxJournalBytes;
    this.maxAlertBytes = maxAlertBytes;
  }

  /**
   * Who shall be told, on the caller's thread, that there is something to send.
   *
   * @param wakeAtOnce the same, of what may not wait for company
   */
  void whenFilled(Runnable wake, Runnable wakeAtOnce) {
    this.wake = wake;
    this.wakeAtOnce = wakeAtOnce;
  }

  void journal(EventLine line) {
    journal.add(line);
    int lines = journalLines.incrementAndGet();
    long bytes = journalBytes.addAndGet(bytes(line));
    while (lines > MAX_JOURNAL_LINES || bytes > maxJournalBytes) {
      EventLine oldest = journal.poll();
      if (oldest == null) {
        break;
      }
      lines = journalLines.decrementAndGet();
      bytes = journalBytes.addAndGet(-bytes(oldest));
      droppedLines.incrementAndGet();
    }
    wake.run();
  }

  /**
   * Raises an alert with the newest events alone; its whole {@linkplain #journal journal} follows.
   *
   * @return the collector's verdict, or at once one that lets the capture go on when there is no
   *     connection, or as soon as the connection is lost
   */
  CompletionStage<AlertVerdict> raise(AlertRaised alert) {
    Pending pending = new Pending(alert);
    List<Pending> tooMany = new ArrayList<>();
    synchronized (this) {
      if (pending.isSelfTest()) {
        if (!connected) {
          pending.unreachable();
          return pending.verdict;
        }
        // One at a time: those that nobody takes must not push alerts out.
        takeAwaySelfTests();
      }
      alerts.put(pending.alert.alert().id(), pending);
      alertBytes += pending.bytes;
      while (alerts.size() > 1 && (alerts.size() > MAX_ALERTS || alertBytes > maxAlertBytes)) {
        Pending oldest = removeFirst(alerts);
        alertBytes -= oldest.bytes;
        tooMany.add(oldest);
        droppedAlerts.incrementAndGet();
      }
      if (!connected) {
        pending.unreachable();
      }
    }
    tooMany.forEach(Pending::unreachable);
    (pending.isSelfTest() ? wake : wakeAtOnce).run();
    return pending.verdict.copy();
  }

  private void takeAwaySelfTests() {
    for (Iterator<Pending> each = alerts.values().iterator(); each.hasNext(); ) {
      Pending pending = each.next();
      if (pending.isSelfTest()) {
        alertBytes -= pending.bytes;
        each.remove();
      }
    }
  }

  /** What led to an alert: goes with it where it has not gone yet, and else after it. */
  void journal(AlertJournal journal) {
    synchronized (this) {
      Pending pending = alerts.get(journal.alert());
      if (pending != null && !pending.sent) {
        alertBytes += pending.complete(journal.events());
      } else {
        remember(journal);
      }
    }
    wake.run();
  }

  private void remember(AlertJournal journal) {
    journals.put(journal.alert(), journal);
    alertJournalBytes += bytes(journal.events());
    while (journals.size() > 1
        && (journals.size() > MAX_ALERTS || alertJournalBytes > maxAlertBytes)) {
      List<EventLine> oldest = removeFirst(journals).events();
      alertJournalBytes -= bytes(oldest);
      droppedLines.addAndGet(oldest.size());
    }
  }

  void progress(CaptureProgress progress) {
    synchronized (this) {
      captures.remove(progress.capture());
      captures.put(progress.capture(), progress);
      if (captures.size() > MAX_CAPTURES) {
        removeFirst(captures);
      }
    }
    wake.run();
  }

  /** Of what became of pushed rules, too, the latest counts; it goes again at each connection. */
  void rulesLoaded(RulesLoaded loaded) {
    synchronized (this) {
      rulesLoaded = loaded;
      rulesLoadedSent = false;
    }
    wake.run();
  }

  synchronized @Nullable RulesLoaded takeRulesLoaded() {
    if (rulesLoadedSent) {
      return null;
    }
    rulesLoadedSent = true;
    return rulesLoaded;
  }

  /** The channel is up: every alert without a verdict goes (again). */
  synchronized void connected() {
    connected = true;
    rulesLoadedSent = false;
    for (Pending pending : alerts.values()) {
      pending.sent = false;
      AlertJournal journal = journals.remove(pending.alert.alert().id());
      if (journal != null) {
        alertJournalBytes -= bytes(journal.events());
        alertBytes += pending.complete(journal.events());
      }
    }
  }

  /** The channel is down: nobody waits for a verdict any longer. */
  void disconnected() {
    List<Pending> waiting;
    synchronized (this) {
      connected = false;
      waiting = new ArrayList<>(alerts.values());
    }
    waiting.forEach(Pending::unreachable);
  }

  synchronized boolean isConnected() {
    return connected;
  }

  void verdict(AlertVerdict verdict) {
    Pending answered;
    synchronized (this) {
      answered = alerts.remove(verdict.alert());
      alertBytes -= answered == null ? 0 : answered.bytes;
    }
    if (answered != null) {
      answered.verdict.complete(verdict);
    }
  }

  /**
   * Alerts that have not gone yet.
   *
   * @param ahead whether they may go ahead of their journals
   */
  synchronized List<AlertRaised> takeAlerts(boolean ahead) {
    List<AlertRaised> unsent = new ArrayList<>();
    for (Pending pending : alerts.values()) {
      if (!pending.sent && (ahead || pending.isComplete || pending.isSelfTest())) {
        pending.sent = true;
        unsent.add(pending.alert);
      }
    }
    takeAwaySelfTests(); // no verdict comes of them
    return unsent;
  }

  /** The journals of alerts that went ahead. */
  synchronized List<AlertJournal> takeAlertJournals() {
    List<AlertJournal> taken = new ArrayList<>(journals.values());
    journals.clear();
    alertJournalBytes = 0;
    return taken;
  }

  static boolean isSelfTest(AlertRaised raised) {
    return raised.alert().rule().equals(AgentMessage.SelfTest.RULE);
  }

  synchronized List<CaptureProgress> takeProgress() {
    List<CaptureProgress> latest = new ArrayList<>(captures.values());
    captures.clear();
    return latest;
  }

  List<EventLine> takeJournal(int most) {
    List<EventLine> lines = new ArrayList<>();
    EventLine line = journal.poll();
    while (line != null) {
      journalLines.decrementAndGet();
      journalBytes.addAndGet(-bytes(line));
      lines.add(line);
      line = lines.size() < most ? journal.poll() : null;
    }
    return lines;
  }

  /** Lines that were taken and did not get through. */
  void lost(int lines) {
    droppedLines.addAndGet(lines);
  }

  Map<String, Long> losses() {
    return Map.of(
        "journal.dropped-lines", droppedLines.get(), "alerts.dropped", droppedAlerts.get());
  }

  /** About how many bytes of the heap wait, by what they are. */
  Map<String, Long> heldBytes() {
    long waitingAlerts;
    synchronized (this) {
      waitingAlerts = alertBytes + alertJournalBytes;
    }
    return Map.of("journal", journalBytes.get(), "alerts", waitingAlerts);
  }

  /** About how many bytes lines take, their texts counted as if no other line had the same. */
  static long bytes(EventLine line) {
    long bytes = LINE_BYTES + FIELD_BYTES * line.fields().size();
    for (Object value : line.fields().values()) {
      bytes += bytes(value);
    }
    for (String frame : line.stack()) {
      bytes += bytes(frame);
    }
    return bytes;
  }

  private static long bytes(AlertRaised raised) {
    long bytes = LINE_BYTES;
    for (Object value : raised.alert().fields().values()) {
      bytes += bytes(value);
    }
    for (String frame : raised.alert().stack()) {
      bytes += bytes(frame);
    }
    return bytes + bytes(raised.journal());
  }

  private static long bytes(List<EventLine> lines) {
    long bytes = 0;
    for (EventLine line : lines) {
      bytes += bytes(line);
    }
    return bytes;
  }

  private static long bytes(Object value) {
    if (value instanceof String text) {
      return TEXT_BYTES + text.length();
    }
    long bytes = FIELD_BYTES;
    if (value instanceof List<?> list) {
      for (Object element : list) {
        bytes += bytes(element);
      }
    }
    return bytes;
  }

  private static <V> V removeFirst(Map<Id, V> map) {
    Iterator<V> values = map.values().iterator();
    V first = values.next();
    values.remove();
    return first;
  }

  private static final class Pending {
    private final CompletableFuture<AlertVerdict> verdict = new CompletableFuture<>();
    private AlertRaised alert;
    private long bytes;
    private boolean sent;
    private boolean isComplete;

    Pending(AlertRaised alert) {
      this.alert = alert;
      this.bytes = bytes(alert);
    }

    /** With its journal now; how many bytes that takes. */
    long complete(List<EventLine> journal) {
      long before = bytes;
      alert = new AlertRaised(alert.alert(), alert.capture(), journal, alert.joined());
      bytes = bytes(alert);
      isComplete = true;
      return bytes - before;
    }

    boolean isSelfTest() {
      return Outbox.isSelfTest(alert);
    }

    void unreachable() {
      verdict.complete(new AlertVerdict(alert.alert().id(), true, "the collector is unreachable"));
    }
  }
}
