package whorl.agent.alert;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import whorl.agent.capture.coordinate.AlertReporter;
import whorl.agent.config.MemoryBudget;
import whorl.agent.event.EventSink;
import whorl.agent.event.Handoff;
import whorl.agent.event.SelfTestProgress;
import whorl.agent.event.WatchReports;
import whorl.agent.rule.AlertListener;
import whorl.event.AgentEvent;
import whorl.event.EventType;
import whorl.evidence.Alert;
import whorl.evidence.EventLine;
import whorl.evidence.Id;
import whorl.evidence.channel.AgentMessage;
import whorl.evidence.channel.CollectorMessage.AlertVerdict;

/**
 * Passes alerts from the application's threads to the agent's. The thread where a rule matched only
 * emits an event and queues the alert. The thread {@code whorl-alert} passes it to the captures
 * and, with the events that led to it, to the collector.
 */
public final class AlertDispatcher implements AlertListener, AlertReporter {
  private static final int WAITING_MAX = MemoryBudget.OF_THIS_JVM.entries(256);
  private static final int JOURNAL_EVENTS = MemoryBudget.OF_THIS_JVM.entries(256);

  /** Number of events sent with the alert itself, before all others are collected. */
  private static final int AHEAD_EVENTS = 8;

  private static final long FLUSH_STEP_MILLIS = 1;
  private static final long MAX_WAIT_NANOS = 1_000_000_000L;
  private static final int ALERT_BYTES = 1_024;
  private static final int FRAME_BYTES = 48;

  private final Function<AgentMessage.AlertRaised, CompletionStage<AlertVerdict>> collector;
  private final Consumer<AgentMessage.AlertJournal> journals;
  private final EventSink sink;
  private final Runnable beforeCapture;
  private final Handoff<Runnable> waiting =
      new Handoff<>(WAITING_MAX, MemoryBudget.OF_THIS_JVM.alertBytes());
  private final AtomicLong failed = new AtomicLong();
  private volatile boolean busy;
  private Consumer<Alert> captures = alert -> {};

  /**
   * @param collector sends an alert to the collector and returns its verdict; the events that led
   *     to the alert follow
   * @param journals sends these events to the collector
   * @param beforeCapture runs at once for each alert, on the application's threads
   */
  public AlertDispatcher(
      Function<AgentMessage.AlertRaised, CompletionStage<AlertVerdict>> collector,
      Consumer<AgentMessage.AlertJournal> journals,
      EventSink sink,
      Runnable beforeCapture) {
    this.collector = collector;
    this.journals = journals;
    this.sink = sink;
    this.beforeCapture = beforeCapture;
  }

  /**
   * Starts the thread; call it before the first alert.
   *
   * @return the thread, which an interruption ends
   */
  public Thread start(Consumer<Alert> captures, ThreadFactory threads) {
    this.captures = captures;
    Thread thread = threads.newThread(this::work);
    thread.start();
    return thread;
  }

  @Override
  public void alert(Alert alert, AgentEvent event) {
    if (event.type() == EventType.SELF_TEST) {
      sink.selfTests().reached(SelfTestProgress.Stage.RULES, number(alert));
      waiting.offer(new ForCaptures(alert), bytes(alert));
    } else {
      alert(alert);
    }
  }

  private static long number(Alert alert) {
    return alert.fields().get("number") instanceof Number number ? number.longValue() : 0;
  }

  /** Raises an alert that no rule matched. */
  public void alert(Alert alert) {
    beforeCapture.run();
    WatchReports.alerted(
        sink, alert.id().value(), alert.rule(), alert.level().word(), alert.title());
    waiting.offer(new ForCaptures(alert), bytes(alert));
  }

  /** A class and no lambda: it is made on the application's threads. */
  private final class ForCaptures implements Runnable {
    private final Alert alert;

    ForCaptures(Alert alert) {
      this.alert = alert;
    }

    @Override
    public void run() {
      captures.accept(alert);
    }
  }

  @Override
  public CompletionStage<Verdict> raise(Alert alert, @Nullable Id capture) {
    return raise(alert, capture, null);
  }

  @Override
  public CompletionStage<Verdict> joined(Alert alert, Id capture) {
    return raise(alert, null, capture);
  }

  private CompletionStage<Verdict> raise(Alert alert, @Nullable Id capture, @Nullable Id joined) {
    CompletableFuture<Verdict> verdict = new CompletableFuture<>();
    if (alert.rule().equals(AgentMessage.SelfTest.RULE)) {
      verdict.complete(Verdict.FULL);
      waiting.offer(() -> selfTest(alert), bytes(alert));
      return verdict;
    }
    boolean queued =
        waiting.offer(
            () -> {
              collector
                  .apply(
                      new AgentMessage.AlertRaised(alert, capture, journal(AHEAD_EVENTS), joined))
                  .whenComplete((answer, failure) -> verdict.complete(verdict(answer)));
              journals.accept(new AgentMessage.AlertJournal(alert.id(), journal(JOURNAL_EVENTS)));
            },
            bytes(alert));
    if (!queued) {
      verdict.complete(Verdict.FULL);
    }
    return verdict;
  }

  private void selfTest(Alert alert) {
    sink.selfTests().reached(SelfTestProgress.Stage.ALERTS, number(alert));
    CompletionStage<AlertVerdict> unused =
        collector.apply(new AgentMessage.AlertRaised(alert, null, List.of()));
  }

  /** Returns the approximate heap bytes of the queued alerts. */
  public Map<String, Long> heldBytes() {
    return Map.of("alerts", waiting.bytes());
  }

  public Map<String, Long> losses() {
    return Map.of("alerts.dropped", waiting.dropped() + failed.get());
  }

  /**
   * Waits until every alert has reached the captures. Called when the JVM ends, perhaps because of
   * what was just alerted.
   */
  public void flush(Duration limit) throws InterruptedException {
    long startedNanos = System.nanoTime();
    while (!isIdle() && System.nanoTime() - startedNanos < limit.toNanos()) {
      Thread.sleep(FLUSH_STEP_MILLIS);
    }
  }

  /** True if every alert so far has reached the captures and the sender. */
  boolean isIdle() {
    return waiting.size() == 0 && !busy;
  }

  /**
   * Approximate heap bytes of an alert. A loop and no stream, since it runs on the application's
   * threads.
   */
  private static int bytes(Alert alert) {
    int bytes = ALERT_BYTES;
    for (String frame : alert.stack()) {
      bytes += FRAME_BYTES + frame.length();
    }
    for (Object value : alert.fields().values()) {
      bytes += FRAME_BYTES + (value instanceof String text ? text.length() : FRAME_BYTES);
    }
    return bytes;
  }

  private List<EventLine> journal(int events) {
    return sink.newest(events).stream().map(AgentEvent::toLine).toList();
  }

  private static Verdict verdict(@Nullable AlertVerdict answer) {
    return answer == null ? Verdict.FULL : new Verdict(answer.full(), answer.reason());
  }

  private void work() {
    while (!Thread.currentThread().isInterrupted()) {
      busy = true;
      Runnable next = waiting.poll();
      if (next == null) {
        busy = false;
        waiting.await(MAX_WAIT_NANOS);
      } else {
        runSafely(next);
      }
    }
    busy = false;
  }

  /** The thread continues even if there was no memory for an alert. */
  private void runSafely(Runnable alert) {
    try {
      alert.run();
    } catch (RuntimeException | Error e) {
      failed.incrementAndGet();
    }
  }
}
