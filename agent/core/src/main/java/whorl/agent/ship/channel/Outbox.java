package whorl.agent.ship.channel;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import whorl.agent.config.MemoryBudget;
import whorl.evidence.EventLine;
import whorl.evidence.Id;
import whorl.evidence.channel.AgentMessage;
import whorl.evidence.channel.AgentMessage.AlertJournal;
import whorl.evidence.channel.AgentMessage.AlertRaised;
import whorl.evidence.channel.AgentMessage.CaptureProgress;
import whorl.evidence.channel.AgentMessage.HuntAnswer;
import whorl.evidence.channel.AgentMessage.ProbeReport;
import whorl.evidence.channel.AgentMessage.RulesLoaded;
import whorl.evidence.channel.CaptureState;
import whorl.evidence.channel.CollectorMessage.AlertVerdict;

/**
 * Messages waiting for the channel. Journal lines are sent once. An alert is sent again at each
 * connection until its verdict arrives. Only the latest progress of a capture is sent; a failure is
 * sent again if its connection ends within two heartbeats. Everything is bounded; the oldest is
 * dropped first, and of alerts one of a rule that repeats. Any thread; a journal line takes no
 * lock.
 */
public final class Outbox {
  public static final int MAX_JOURNAL_LINES = 4_096;
  public static final int MAX_ALERTS = 64;
  static final int MAX_CAPTURES = 64;

  /** The most that an agent can have at work, each with at most 256 KiB. */
  static final int MAX_HUNT_ANSWERS = 8;

  /** Each has at most some 300 KiB. */
  static final int MAX_PROBE_REPORTS = 32;

  private static final int SURE_AFTER_HEARTBEATS = 2;

  private final Queue<EventLine> journal = new ConcurrentLinkedQueue<>();
  private final AtomicInteger journalLines = new AtomicInteger();
  private final AtomicLong journalBytes = new AtomicLong();
  private final long maxJournalBytes;
  private final AtomicLong droppedLines = new AtomicLong();
  private final AtomicLong droppedHuntAnswers = new AtomicLong();
  private final AtomicLong droppedProbeReports = new AtomicLong();

  /** Guarded by this, as are the following fields. */
  private final WaitingAlerts alerts;

  private final Map<Id, CaptureProgress> captures = new LinkedHashMap<>();

  /** Failures that were sent; nothing shows yet that the collector has them. */
  private final Map<Id, SentFailure> sentFailures = new LinkedHashMap<>();

  private final Deque<HuntAnswer> huntAnswers = new ArrayDeque<>();
  private final Deque<ProbeReport> probeReports = new ArrayDeque<>();

  private @Nullable RulesLoaded rulesLoaded;
  private boolean rulesLoadedSent;
  private boolean connected;

  /** About libraries: what was asked for over this connection. */
  private final Deque<AgentMessage> libraries = new ArrayDeque<>();

  private volatile Runnable wake = () -> {};
  private volatile Runnable wakeAtOnce = () -> {};
  private volatile LongSupplier droppedBefore = () -> 0;

  public Outbox() {
    this(MemoryBudget.OF_THIS_JVM.journalBytes(), MemoryBudget.OF_THIS_JVM.alertBytes());
  }

  public Outbox(long maxJournalBytes, long maxAlertBytes) {
    this.maxJournalBytes = maxJournalBytes;
    this.alerts = new WaitingAlerts(MAX_ALERTS, maxAlertBytes);
  }

  /**
   * Sets the callbacks that run, on the caller's thread, when there is something to send.
   *
   * @param wakeAtOnce for messages that must be sent without delay
   */
  void whenFilled(Runnable wake, Runnable wakeAtOnce) {
    this.wake = wake;
    this.wakeAtOnce = wakeAtOnce;
  }

  public void journal(EventLine line) {
    journal.add(line);
    int lines = journalLines.incrementAndGet();
    long bytes = journalBytes.addAndGet(MessageBytes.of(line));
    while (lines > MAX_JOURNAL_LINES || bytes > maxJournalBytes) {
      EventLine oldest = journal.poll();
      if (oldest == null) {
        break;
      }
      lines = journalLines.decrementAndGet();
      bytes = journalBytes.addAndGet(-MessageBytes.of(oldest));
      droppedLines.incrementAndGet();
    }
    wake.run();
  }

  /**
   * Raises an alert with only the newest events; its whole {@linkplain #journal journal} follows.
   *
   * @return the collector's verdict; without a connection, or when it is lost, a verdict that lets
   *     the capture go on
   */
  public CompletionStage<AlertVerdict> raise(AlertRaised alert) {
    PendingAlert pending = new PendingAlert(alert);
    List<PendingAlert> dropped;
    synchronized (this) {
      if (pending.isSelfTest()) {
        if (!connected) {
          pending.unreachable();
          return pending.verdict();
        }
        // One at a time: self-tests that are not taken must not evict alerts.
        alerts.removeSelfTests();
      }
      dropped = alerts.add(pending);
      if (!connected) {
        pending.unreachable();
      }
    }
    dropped.forEach(PendingAlert::unreachable);
    (pending.isSelfTest() ? wake : wakeAtOnce).run();
    return pending.verdict().copy();
  }

  /** The events before an alert: sent with it if it is not sent yet, otherwise after it. */
  public void journal(AlertJournal journal) {
    synchronized (this) {
      alerts.add(journal);
    }
    wake.run();
  }

  public void progress(CaptureProgress progress) {
    synchronized (this) {
      captures.remove(progress.capture());
      sentFailures.remove(progress.capture());
      captures.put(progress.capture(), progress);
      if (captures.size() > MAX_CAPTURES) {
        removeFirst(captures);
      }
    }
    wake.run();
  }

  /** The result of loading pushed rules; only the latest is sent, again at each connection. */
  public void rulesLoaded(RulesLoaded loaded) {
    synchronized (this) {
      rulesLoaded = loaded;
      rulesLoadedSent = false;
    }
    wake.run();
  }

  /** The answer to a hunt; it is sent once, and the oldest is dropped if there are too many. */
  public void huntAnswered(HuntAnswer answer) {
    synchronized (this) {
      huntAnswers.add(answer);
      if (huntAnswers.size() > MAX_HUNT_ANSWERS) {
        huntAnswers.remove();
        droppedHuntAnswers.incrementAndGet();
      }
    }
    wake.run();
  }

  synchronized @Nullable HuntAnswer takeHuntAnswer() {
    return huntAnswers.poll();
  }

  /** A report about a probe; it is sent once, and the oldest is dropped if there are too many. */
  public void probeReported(ProbeReport report) {
    synchronized (this) {
      probeReports.add(report);
      if (probeReports.size() > MAX_PROBE_REPORTS) {
        probeReports.remove();
        droppedProbeReports.incrementAndGet();
      }
    }
    wake.run();
  }

  synchronized @Nullable ProbeReport takeProbeReport() {
    return probeReports.poll();
  }

  synchronized @Nullable RulesLoaded takeRulesLoaded() {
    if (rulesLoadedSent) {
      return null;
    }
    rulesLoadedSent = true;
    return rulesLoaded;
  }

  /** Messages about libraries, which belong together; they take the place of those that wait. */
  public void libraries(List<AgentMessage> messages) {
    synchronized (this) {
      libraries.clear();
      if (connected) {
        libraries.addAll(messages);
      }
    }
    wake.run();
  }

  synchronized @Nullable AgentMessage takeLibraries() {
    return libraries.poll();
  }

  /** The channel is up: every alert without a verdict is sent (again). */
  public void connected() {
    connected(Set.of());
  }

  /**
   * The channel is up: every alert without a verdict is sent (again).
   *
   * @param resent alerts that are sent again in another way
   */
  synchronized void connected(Set<Id> resent) {
    connected = true;
    rulesLoadedSent = false;
    sendFailuresAgain();
    alerts.sendAgain(resent);
  }

  private void sendFailuresAgain() {
    for (SentFailure each : sentFailures.values()) {
      captures.putIfAbsent(each.progress.capture(), each.progress);
    }
    sentFailures.clear();
  }

  /** The channel is down: completes all waiting verdicts. */
  void disconnected() {
    List<PendingAlert> waiting;
    synchronized (this) {
      connected = false;
      libraries.clear(); // the next collector asks for what it lacks
      waiting = alerts.all();
    }
    waiting.forEach(PendingAlert::unreachable);
  }

  /** The connection has lasted for one more heartbeat. */
  synchronized void onHeartbeat() {
    sentFailures.replaceAll((capture, sent) -> new SentFailure(sent.progress, sent.heartbeats + 1));
    sentFailures.values().removeIf(sent -> sent.heartbeats >= SURE_AFTER_HEARTBEATS);
  }

  public synchronized boolean isConnected() {
    return connected;
  }

  void verdict(AlertVerdict verdict) {
    PendingAlert answered;
    synchronized (this) {
      answered = alerts.remove(verdict.alert());
    }
    if (answered != null) {
      answered.answered(verdict);
    }
  }

  /**
   * Returns the alerts that are not sent yet.
   *
   * @param ahead true if they may be sent before their journals
   */
  public synchronized List<AlertRaised> takeAlerts(boolean ahead) {
    return alerts.take(ahead);
  }

  /** The journals of alerts that were sent ahead. */
  synchronized List<AlertJournal> takeAlertJournals() {
    return alerts.takeJournals();
  }

  static boolean isSelfTest(AlertRaised raised) {
    return raised.alert().rule().equals(AgentMessage.SelfTest.RULE);
  }

  synchronized List<CaptureProgress> takeProgress() {
    List<CaptureProgress> latest = new ArrayList<>(captures.values());
    captures.clear();
    for (CaptureProgress each : latest) {
      if (each.state() == CaptureState.FAILED) {
        sentFailures.put(each.capture(), new SentFailure(each, 0));
        if (sentFailures.size() > MAX_CAPTURES) {
          removeFirst(sentFailures);
        }
      }
    }
    return latest;
  }

  List<EventLine> takeJournal(int max) {
    List<EventLine> lines = new ArrayList<>();
    EventLine line = journal.poll();
    while (line != null) {
      journalLines.decrementAndGet();
      journalBytes.addAndGet(-MessageBytes.of(line));
      lines.add(line);
      line = lines.size() < max ? journal.poll() : null;
    }
    return lines;
  }

  /** Counts lines that were taken and not delivered. */
  void lost(int lines) {
    droppedLines.addAndGet(lines);
  }

  /**
   * Sets the counter of events that were dropped on their way here.
   *
   * @param before grows only; read on the network thread
   */
  public void droppedBefore(LongSupplier before) {
    droppedBefore = before;
  }

  /** How many events and alerts were dropped so far, here or before. */
  public long dropped() {
    return allDroppedLines() + alerts.droppedAlerts() + droppedBefore.getAsLong();
  }

  private long allDroppedLines() {
    return droppedLines.get() + alerts.droppedLines();
  }

  /** There is a message elsewhere that waits for the channel. */
  public void wake() {
    wake.run();
  }

  public Map<String, Long> losses() {
    return Map.of(
        "journal.dropped-lines",
        allDroppedLines(),
        "alerts.dropped",
        alerts.droppedAlerts(),
        "hunts.answersDropped",
        droppedHuntAnswers.get(),
        "probes.reportsDropped",
        droppedProbeReports.get());
  }

  /** Approximate heap bytes of waiting messages, by kind. */
  public Map<String, Long> heldBytes() {
    long waitingAlerts;
    synchronized (this) {
      waitingAlerts = alerts.bytes();
    }
    return Map.of("journal", journalBytes.get(), "alerts", waitingAlerts);
  }

  /** Removes what was put in first. */
  static <V> V removeFirst(Map<Id, V> map) {
    Iterator<V> values = map.values().iterator();
    V first = values.next();
    values.remove();
    return first;
  }

  /** The report of a failure, and how many heartbeats its connection has lasted since. */
  private record SentFailure(CaptureProgress progress, int heartbeats) {}
}
