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
import whorl.agent.event.AgentEvent;
import whorl.agent.event.Handoff;

/**
 * Where matches pass from the application's threads to the correlations. An application's thread
 * adds to a queue without a lock and goes on; what the correlations remember belongs to one thread
 * of the agent, {@code whorl-correlation}, so that nothing of the application ever waits for it or
 * for another thread of its own. The queue is bounded, and what finds it full is counted.
 */
public final class CorrelationDispatcher {
  private static final Logger LOG = LoggerFactory.getLogger(CorrelationDispatcher.class);
  private static final int WAITING_MAX = 2_048;
  private static final long WAITING_MAX_BYTES = MemoryBudget.OF_THIS_JVM.journalBytes();
  private static final long NANOS_PER_SECOND = 1_000_000_000L;
  private static final long NAP_NANOS = 200_000_000L;

  private final AlertListener listener;
  private final Alerts alerts;
  private final InstantSource clock;
  private final Handoff<Match> waiting = new Handoff<>(WAITING_MAX, WAITING_MAX_BYTES);
  private final AtomicLong failed = new AtomicLong();
  private volatile Correlator current = new Correlator(RuleSet.none());
  private volatile RuleSet rules = RuleSet.none();
  private volatile long forgotten;
  private volatile int sightings;

  /**
   * @param listener told of each correlation that comes true, on this stage's thread
   * @param clock tells when timespans end though nothing happens
   */
  public CorrelationDispatcher(AlertListener listener, InstantSource clock) {
    this.listener = listener;
    this.alerts = new Alerts(clock);
    this.clock = clock;
  }

  /** A rule matched, under the correlations that were in force then. */
  private record Match(Correlator correlator, RuleHead rule, AgentEvent event) {}

  /**
   * Starts the thread that correlates.
   *
   * @return it; an interruption ends it
   */
  public Thread start(ThreadFactory threads) {
    Thread thread = threads.newThread(this::work);
    thread.start();
    return thread;
  }

  /** From now on these correlations are asked; what the others have seen is forgotten. */
  void replace(RuleSet next) {
    rules = next;
    current = new Correlator(next);
  }

  /**
   * On the application's thread, whose stack is taken where it tells something, for this may be the
   * last event.
   */
  void offer(RuleHead rule, AgentEvent event) {
    if (event.type().hasStack()) {
      event.stack();
    }
    waiting.offer(new Match(current, rule, event), event.bytes());
  }

  /** What was dropped so far, by counter name. */
  Map<String, Long> losses() {
    return Map.of(
        "correlations.dropped", waiting.dropped(),
        "correlations.forgotten", forgotten,
        "correlations.failed", failed.get());
  }

  /** About how many bytes of the heap take what waits and what is remembered. */
  public Map<String, Long> heldBytes() {
    return Map.of("correlations", waiting.bytes() + MemoryBudget.sightingBytes(sightings));
  }

  private void work() {
    while (!Thread.currentThread().isInterrupted()) {
      try {
        Match match = waiting.poll();
        if (match != null) {
          correlate(match);
        } else {
          tell(current, current.passed(now() - CorrelationGroup.LATE_NANOS));
          waiting.await(NAP_NANOS);
        }
      } catch (RuntimeException | Error e) {
        failed(e);
      }
    }
  }

  /** Matches under correlations that were replaced since are of no use any more. */
  private void correlate(Match match) {
    if (match.correlator == current) {
      tell(match.correlator, match.correlator.matched(match.rule, match.event));
    }
  }

  private void tell(Correlator correlator, List<CorrelationFiring> firings) {
    forgotten = correlator.forgotten();
    sightings = correlator.sightings();
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

  /** The thread goes on, even when there was no memory. */
  private void failed(Throwable e) {
    if (failed.incrementAndGet() == 1) {
      LOG.warn("a correlation failed", e);
    } else {
      LOG.debug("a correlation failed", e);
    }
  }
}
