package whorl.agent.rule;

import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.agent.config.MemoryBudget;
import whorl.agent.event.Handoff;
import whorl.event.AgentEvent;
import whorl.rules.correlate.CorrelationFiring;
import whorl.rules.correlate.CorrelationGroup;
import whorl.rules.engine.Correlator;
import whorl.rules.engine.RuleSet;
import whorl.rules.match.RuleHead;

/**
 * Passes matches from the application's threads to the correlations. An application's thread adds
 * to a queue without a lock and goes on. The state of the correlations belongs to one thread of the
 * agent, {@code whorl-correlation}, so the application never waits for it or for another of its own
 * threads. The queue is bounded; matches that do not fit are counted.
 */
public final class CorrelationDispatcher {
  private static final Logger LOG = LoggerFactory.getLogger(CorrelationDispatcher.class);
  private static final int WAITING_MAX = 2_048;
  private static final long WAITING_MAX_BYTES = MemoryBudget.OF_THIS_JVM.journalBytes();
  private static final long NANOS_PER_SECOND = 1_000_000_000L;
  private static final long WAIT_NANOS = 200_000_000L;

  private final AlertListener listener;
  private final Alerts alerts;
  private final InstantSource clock;
  private final Handoff<Match> waiting = new Handoff<>(WAITING_MAX, WAITING_MAX_BYTES);
  private final AtomicLong failed = new AtomicLong();
  private volatile Correlator current = correlator(RuleSet.none());
  private volatile RuleSet rules = RuleSet.none();
  private volatile long forgotten;
  private volatile int keptMatches;

  /**
   * @param listener receives each correlation alert, on this stage's thread
   * @param clock for timespans that end without an event
   */
  public CorrelationDispatcher(AlertListener listener, InstantSource clock) {
    this.listener = listener;
    this.alerts = new Alerts(clock);
    this.clock = clock;
  }

  private static Correlator correlator(RuleSet rules) {
    return new Correlator(rules, MemoryBudget.OF_THIS_JVM.keptMatches());
  }

  /** A match, with the correlations that were in force when it happened. */
  private record Match(Correlator correlator, RuleHead rule, AgentEvent event) {}

  /**
   * Starts the thread that correlates.
   *
   * @return the thread; an interruption ends it
   */
  public Thread start(ThreadFactory threads) {
    Thread thread = threads.newThread(this::work);
    thread.start();
    return thread;
  }

  /** Replaces the correlations; the state of the previous ones is dropped. */
  void replace(RuleSet next) {
    rules = next;
    current = correlator(next);
  }

  /**
   * Queues a match. Runs on the application's thread and takes its stack if the type has one, since
   * this may be the last event of a correlation.
   */
  void offer(RuleHead rule, AgentEvent event) {
    if (event.type().hasStack()) {
      event.stack();
    }
    waiting.offer(new Match(current, rule, event), event.bytes());
  }

  /** Number of losses so far, by counter name. */
  Map<String, Long> losses() {
    return Map.of(
        "correlations.dropped", waiting.dropped(),
        "correlations.forgotten", forgotten,
        "correlations.failed", failed.get());
  }

  /** Approximate heap bytes of the queue and of the kept matches. */
  public Map<String, Long> heldBytes() {
    return Map.of("correlations", waiting.bytes() + MemoryBudget.keptMatchBytes(keptMatches));
  }

  private void work() {
    while (!Thread.currentThread().isInterrupted()) {
      try {
        Match match = waiting.poll();
        if (match != null) {
          correlate(match);
        } else {
          passTime(current, now());
          waiting.await(WAIT_NANOS);
        }
      } catch (RuntimeException | Error e) {
        countFailure(e);
      }
    }
  }

  /** Ignores matches under correlations that were replaced since. */
  private void correlate(Match match) {
    if (match.correlator == current) {
      report(match.correlator, match.correlator.matched(match.rule, match.event));
    }
  }

  private void passTime(Correlator correlator, long nowNanos) {
    correlator.forgetFuture(nowNanos);
    report(correlator, correlator.passed(nowNanos - CorrelationGroup.LATE_NANOS));
  }

  private void report(Correlator correlator, List<CorrelationFiring> firings) {
    forgotten = correlator.forgotten();
    keptMatches = correlator.keptMatches();
    for (CorrelationFiring firing : firings) {
      if (rules.alerts(firing.correlation().head())) {
        listener.alert(alerts.alert(firing), firing.last());
      }
    }
  }

  private long now() {
    Instant now = clock.instant();
    return now.getEpochSecond() * NANOS_PER_SECOND + now.getNano();
  }

  /** Counts a failure; the thread goes on, even after an OutOfMemoryError. */
  private void countFailure(Throwable e) {
    if (failed.incrementAndGet() == 1) {
      LOG.warn("a correlation failed", e);
    } else {
      LOG.debug("a correlation failed", e);
    }
  }
}
