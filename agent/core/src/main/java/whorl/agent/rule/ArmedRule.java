package whorl.agent.rule;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.agent.event.AgentEvent;
import whorl.agent.event.EventType;

/** A rule at work: what it did, and the two limits that keep it from harming the application. */
final class ArmedRule {
  /** A rule that threw so often is broken, not unlucky. */
  static final int MAX_FAILURES = 5;

  /** Building an alert costs more than the event itself, so that a flood must not build them. */
  static final int MAX_ALERTS_PER_SECOND = 10;

  /** A chatty rule must not crowd the rare ones out of the queue. */
  static final int MAX_CORRELATED_PER_SECOND = 500;

  private static final Logger LOG = LoggerFactory.getLogger(ArmedRule.class);

  private final Rule rule;
  private final boolean correlated;
  private final boolean silent;
  private final LongAdder matched = new LongAdder();
  private final LongAdder suppressed = new LongAdder();
  private final AtomicLong failed = new AtomicLong();

  private final LongAdder uncorrelated = new LongAdder();
  private final PerSecond alerts = new PerSecond(MAX_ALERTS_PER_SECOND);
  private final @Nullable PerKind tampering;
  private final PerSecond correlations = new PerSecond(MAX_CORRELATED_PER_SECOND);

  private volatile boolean disabled;

  /**
   * @param correlated whether a correlation rests on it
   * @param silent whether it alerts through correlations alone
   */
  ArmedRule(Rule rule, boolean correlated, boolean silent) {
    this.rule = rule;
    this.correlated = correlated;
    this.silent = silent;
    this.tampering =
        rule.types().contains(EventType.TAMPER) ? new PerKind(MAX_ALERTS_PER_SECOND) : null;
  }

  boolean isSilent() {
    return silent;
  }

  Rule rule() {
    return rule;
  }

  /** Whether an alert is due; never throws. */
  boolean fires(MatchedEvent matchedEvent) {
    return matches(matchedEvent) && isDue(matchedEvent.event());
  }

  private boolean matches(MatchedEvent matchedEvent) {
    return matches(rule.condition(matchedEvent.event().type()), matchedEvent);
  }

  /**
   * Whether the rule matches, which is counted; never throws.
   *
   * @param condition the rule's, for events of this type
   */
  boolean matches(Matcher condition, MatchedEvent matchedEvent) {
    if (disabled) {
      return false;
    }
    try {
      if (!condition.matches(matchedEvent)) {
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
    if (isAdmitted(event)) {
      return true;
    }
    suppressed.increment();
    return false;
  }

  /**
   * One rule alerts for all kinds of tampering: many alerts of one kind must not hide the first of
   * another.
   */
  private boolean isAdmitted(AgentEvent event) {
    return tampering != null
            && event.type() == EventType.TAMPER
            && event.value(0) instanceof String kind
        ? tampering.admits(kind, event.epochNanos())
        : alerts.admits(event.epochNanos());
  }

  /** Whether the match may go to the correlations: not too many have within this second. */
  boolean isForCorrelations(AgentEvent event) {
    if (!correlated) {
      return false;
    }
    if (correlations.admits(event.epochNanos())) {
      return true;
    }
    uncorrelated.increment();
    return false;
  }

  /** Matches that did not go to the correlations, for there were too many. */
  long uncorrelated() {
    return uncorrelated.sum();
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
