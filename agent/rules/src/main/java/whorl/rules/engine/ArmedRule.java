package whorl.rules.engine;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.event.AgentEvent;
import whorl.event.EventType;
import whorl.event.StackEnd;
import whorl.rules.match.MatchedEvent;
import whorl.rules.match.Matcher;
import whorl.rules.match.Rule;

/** A rule in use, with its counts and the two limits that protect the application. */
public final class ArmedRule {
  /** A rule that threw this often is broken and is disabled. */
  public static final int MAX_FAILURES = 5;

  /** Building an alert costs more than the event itself, so a flood must not build them. */
  public static final int MAX_ALERTS_PER_SECOND = 10;

  /** A frequent rule must not crowd rare ones out of the queue. */
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
   * @param correlated true if a correlation uses the rule
   * @param silent true if it alerts only through correlations
   */
  ArmedRule(Rule rule, boolean correlated, boolean silent) {
    this.rule = rule;
    this.correlated = correlated;
    this.silent = silent;
    this.tampering =
        rule.types().contains(EventType.TAMPER) ? new PerKind(MAX_ALERTS_PER_SECOND) : null;
  }

  public boolean isSilent() {
    return silent;
  }

  public Rule rule() {
    return rule;
  }

  /**
   * True if the rule matches; counts the match. Never throws.
   *
   * @param condition the rule's condition for events of this type
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

  /** True if the match may alert: the limit of this second is not reached. */
  public boolean mayAlert(AgentEvent event) {
    if (isAdmitted(event)) {
      return true;
    }
    suppressed.increment();
    return false;
  }

  /**
   * One rule alerts for all kinds of tampering; many alerts of one kind must not hide the first of
   * another.
   */
  private boolean isAdmitted(AgentEvent event) {
    return tampering != null
            && event.type() == EventType.TAMPER
            && event.value(0) instanceof String kind
        ? tampering.admits(kind, event.epochNanos())
        : alerts.admits(event.epochNanos());
  }

  /** True if the match may go to the correlations: the limit of this second is not reached. */
  public boolean mayCorrelate(AgentEvent event) {
    if (!correlated) {
      return false;
    }
    if (correlations.admits(event.epochNanos())) {
      return true;
    }
    uncorrelated.increment();
    return false;
  }

  /** Number of matches that were not passed to the correlations because of the limit. */
  public long uncorrelated() {
    return uncorrelated.sum();
  }

  /**
   * Counts a failure. A stack overflow or lack of memory is the application's, so it does not
   * disable the rule.
   */
  private void failed(Throwable e) {
    if (e instanceof StackOverflowError) {
      StackEnd.met();
    }
    long failures = failed.incrementAndGet();
    if (failures >= MAX_FAILURES && !(e instanceof VirtualMachineError)) {
      disabled = true;
    }
    if (failures == 1) {
      LOG.warn("rule {} threw; after {} failures it is disabled", rule, MAX_FAILURES, e);
    } else {
      LOG.debug("rule {} threw", rule, e);
    }
  }

  public RuleCount count() {
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
