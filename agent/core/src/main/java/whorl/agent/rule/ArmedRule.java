package whorl.agent.rule;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.agent.event.AgentEvent;

/** A rule at work: what it did, and the two limits that keep it from harming the application. */
final class ArmedRule {
  /** A rule that threw so often is broken, not unlucky. */
  static final int MAX_FAILURES = 5;

  /** Building an alert costs more than the event itself, so that a flood must not build them. */
  static final int MAX_ALERTS_PER_SECOND = 10;

  private static final Logger LOG = LoggerFactory.getLogger(ArmedRule.class);
  private static final long NANOS_PER_SECOND = 1_000_000_000L;
  private static final int COUNT_BITS = 8;
  private static final long COUNT_MASK = (1L << COUNT_BITS) - 1;

  private final Rule rule;
  private final boolean correlated;
  private final boolean silent;
  private final LongAdder matched = new LongAdder();
  private final LongAdder suppressed = new LongAdder();
  private final AtomicLong failed = new AtomicLong();

  /** The second of the last alerts, and in the lowest bits how many there were in it. */
  private final AtomicLong alerts = new AtomicLong();

  private volatile boolean disabled;

  /**
   * @param correlated whether a correlation rests on it
   * @param silent whether it alerts through correlations alone
   */
  ArmedRule(Rule rule, boolean correlated, boolean silent) {
    this.rule = rule;
    this.correlated = correlated;
    this.silent = silent;
  }

  boolean isCorrelated() {
    return correlated;
  }

  boolean isSilent() {
    return silent;
  }

  Rule rule() {
    return rule;
  }

  /** Whether an alert is due; never throws. */
  boolean fires(Subject subject) {
    return matches(subject) && isDue(subject.event());
  }

  /** Whether the rule matches, which is counted; never throws. */
  boolean matches(Subject subject) {
    if (disabled) {
      return false;
    }
    try {
      if (!rule.matches(subject)) {
        return false;
      }
    } catch (Throwable e) {
      failed(e);
      return false;
    }
    matched.increment();
    return true;
  }

  /** Whether the match may alert: not too many have within this second. */
  boolean isDue(AgentEvent event) {
    if (withinRate(event.epochNanos() / NANOS_PER_SECOND)) {
      return true;
    }
    suppressed.increment();
    return false;
  }

  private boolean withinRate(long second) {
    while (true) {
      long seen = alerts.get();
      long next = seen >> COUNT_BITS == second ? seen + 1 : (second << COUNT_BITS) + 1;
      if ((next & COUNT_MASK) > MAX_ALERTS_PER_SECOND) {
        return false;
      }
      if (alerts.compareAndSet(seen, next)) {
        return true;
      }
    }
  }

  /** A stack that overflows or memory that runs out is the application's doing, not the rule's. */
  private void failed(Throwable e) {
    long failures = failed.incrementAndGet();
    if (failures >= MAX_FAILURES && !(e instanceof VirtualMachineError)) {
      disabled = true;
    }
    if (failures == 1) {
      LOG.warn("rule {} threw; after {} failures it is asked no more", rule, MAX_FAILURES, e);
    } else {
      LOG.debug("rule {} threw", rule, e);
    }
  }

  RuleCount count() {
    return new RuleCount(
        rule.id(),
        rule.title(),
        matched.sum(),
        suppressed.sum(),
        failed.get(),
        rule.regexGivenUp(),
        disabled);
  }
}
