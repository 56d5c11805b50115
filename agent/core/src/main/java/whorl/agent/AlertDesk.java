package whorl.agent;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import whorl.agent.capture.Verdicts;
import whorl.agent.event.AgentEvent;
import whorl.agent.event.EventSink;
import whorl.agent.event.EventType;
import whorl.agent.event.SelfTestTrail;
import whorl.agent.rule.AlertListener;
import whorl.evidence.AgentMessage;
import whorl.evidence.Alert;
import whorl.evidence.CollectorMessage.AlertVerdict;
import whorl.evidence.EventLine;
import whorl.evidence.Id;

/**
 * Where alerts pass from the application's threads to the agent's: what a rule says on an
 * application thread goes into the recording, to the captures and, with the events that led to it,
 * to the collector; the latter two on the thread {@code whorl-alert}.
 */
final class AlertDesk implements AlertListener, Verdicts {
  private static final int WAITING_MAX = 256;
  private static final int JOURNAL_EVENTS = 256;

  private final Function<AgentMessage.AlertRaised, CompletionStage<AlertVerdict>> collector;
  private final EventSink sink;
  private final BlockingQueue<Runnable> waiting = new ArrayBlockingQueue<>(WAITING_MAX);
  private final AtomicLong dropped = new AtomicLong();
  private Consumer<Alert> captures = alert -> {};

  /**
   * @param collector takes an alert to the collector, and has its verdict
   */
  AlertDesk(
      Function<AgentMessage.AlertRaised, CompletionStage<AlertVerdict>> collector, EventSink sink) {
    this.collector = collector;
    this.sink = sink;
  }

  /**
   * Must come before the first alert.
   *
   * @return the thread, which an interruption ends
   */
  Thread start(Consumer<Alert> captures, ThreadFactory threads) {
    this.captures = captures;
    Thread thread = threads.newThread(this::work);
    thread.start();
    return thread;
  }

  @Override
  public void alert(Alert alert, AgentEvent event) {
    if (event.type() == EventType.SELF_TEST) {
      sink.selfTests().saw(SelfTestTrail.Stage.RULES, number(alert));
      captures.accept(alert);
    } else {
      alert(alert);
    }
  }

  private static long number(Alert alert) {
    return alert.fields().get("number") instanceof Number number ? number.longValue() : 0;
  }

  /** Something is an alert that no rule looked for. */
  void alert(Alert alert) {
    sink.emit(
        EventType.ALERT, alert.id().value(), alert.rule(), alert.level().word(), alert.title());
    captures.accept(alert);
  }

  @Override
  public CompletionStage<Verdict> raise(Alert alert, @Nullable Id capture) {
    CompletableFuture<Verdict> verdict = new CompletableFuture<>();
    if (alert.rule().equals(AgentMessage.SelfTest.RULE)) {
      verdict.complete(Verdict.FULL);
      if (!waiting.offer(() -> selfTest(alert))) {
        dropped.incrementAndGet();
      }
      return verdict;
    }
    boolean taken =
        waiting.offer(
            () ->
                collector
                    .apply(new AgentMessage.AlertRaised(alert, capture, journal()))
                    .whenComplete((answer, failure) -> verdict.complete(verdict(answer))));
    if (!taken) {
      dropped.incrementAndGet();
      verdict.complete(Verdict.FULL);
    }
    return verdict;
  }

  private void selfTest(Alert alert) {
    sink.selfTests().saw(SelfTestTrail.Stage.ALERTS, number(alert));
    CompletionStage<AlertVerdict> unused =
        collector.apply(new AgentMessage.AlertRaised(alert, null, List.of()));
  }

  Map<String, Long> losses() {
    return Map.of("alerts.dropped", dropped.get());
  }

  private List<EventLine> journal() {
    return sink.newest(JOURNAL_EVENTS).stream().map(AgentEvent::toLine).toList();
  }

  private static Verdict verdict(@Nullable AlertVerdict answer) {
    return answer == null ? Verdict.FULL : new Verdict(answer.full(), answer.reason());
  }

  /** The thread goes on, even when there was no memory for an alert. */
  private void tell(Runnable alert) {
    try {
      alert.run();
    } catch (RuntimeException | Error e) {
      dropped.incrementAndGet();
    }
  }

  private void work() {
    try {
      while (true) {
        tell(waiting.take());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
