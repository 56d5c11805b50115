package whorl.agent;

import java.time.InstantSource;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.agent.alert.AlertDispatcher;
import whorl.agent.alert.Journal;
import whorl.agent.config.AgentConfig;
import whorl.agent.event.EventConsumer;
import whorl.agent.event.EventSink;
import whorl.agent.hook.tamper.Tampering;
import whorl.agent.memory.OutOfMemoryWatch;
import whorl.agent.rule.PushedRules;
import whorl.agent.rule.RuleConsumer;
import whorl.agent.thread.AgentThreads;
import whorl.evidence.channel.AgentMessage.RulesLoaded;
import whorl.evidence.channel.CollectorMessage;
import whorl.rules.engine.RuleSet;

/** The active rules: built in, from files, and pushed by the collector. */
final class ActiveRules {
  private static final Logger LOG = LoggerFactory.getLogger(ActiveRules.class);

  private final RuleConsumer stage;
  private final PushedRules pushed;
  private volatile RuleSet current;
  private volatile EventConsumer[] stages = {};
  private volatile @Nullable EventSink sink;

  /** Guarded by this. */
  private long fingerprint;

  private ActiveRules(
      AgentConfig config,
      AlertDispatcher dispatcher,
      Consumer<RulesLoaded> pushedRulesListener,
      InstantSource clock) {
    Set<String> disabled = OutOfMemoryWatch.withoutThisRule(config.rules().disabled());
    current = RuleSet.load(config.rules().path(), disabled, true);
    stage = new RuleConsumer(current, dispatcher, clock);
    pushed =
        new PushedRules(
            texts -> RuleSet.load(config.rules().path(), disabled, true, texts),
            this::replace,
            pushedRulesListener);
  }

  /**
   * Reads the rules. They match nothing before {@link #arm}.
   *
   * @param pushedRulesListener receives the state of pushed rules
   */
  static ActiveRules read(
      AgentConfig config,
      AlertDispatcher dispatcher,
      Consumer<RulesLoaded> pushedRulesListener,
      InstantSource clock) {
    ActiveRules rules = new ActiveRules(config, dispatcher, pushedRulesListener, clock);
    for (String problem : rules.current.problems()) {
      LOG.warn("rule refused: {}", problem);
    }
    return rules;
  }

  RuleSet current() {
    return current;
  }

  /** Receives the collector's messages about rules. */
  Consumer<CollectorMessage> pushed() {
    return pushed;
  }

  /** Starts matching, first on the events that happened before the rules were loaded. */
  void arm(Journal journal, EventSink sink, Status status, Costs costs) {
    costs.add(stage.correlations()::heldBytes);
    costs.add(journal::heldBytes);
    status.add(stage::losses);
    status.add(pushed::losses);
    stage.correlations().start(new AgentThreads("correlation"));
    pushed.start(new AgentThreads("rules"));
    status.add(journal::losses);
    journal.start(new AgentThreads("journal"));
    synchronized (this) {
      fingerprint = stage.fingerprint();
    }
    EventConsumer[] consumers = {journal, stage};
    this.sink = sink;
    sink.forwardAllTo(consumers);
    stages = consumers;
  }

  /** Reports what the watch found and repaired. */
  interface Report {
    void report(Tampering kind, String target, String detail);
  }

  /** Restores the consumers behind the hooks, and the rules, to what the agent set. */
  void repair(EventSink sink, Report report) {
    EventConsumer[] wanted = stages;
    if (wanted.length > 0 && !sink.forwardsTo(wanted)) {
      sink.forwardTo(wanted);
      report.report(Tampering.STAGES_CHANGED, "the stages behind the hooks", "set again");
    }
    if (repairRules()) {
      report.report(Tampering.RULES_CHANGED, "the rules in force", "set again");
    }
  }

  private synchronized boolean repairRules() {
    if (stages.length == 0 || fingerprint == stageFingerprint()) {
      return false;
    }
    replaceInStage(current);
    return true;
  }

  /** Returns 0 if the state was manipulated so that no fingerprint can be computed. */
  private long stageFingerprint() {
    try {
      return stage.fingerprint();
    } catch (RuntimeException manipulated) {
      return 0;
    }
  }

  private synchronized void replace(RuleSet next) {
    current = next;
    replaceInStage(next);
  }

  private void replaceInStage(RuleSet rules) {
    stage.replace(rules);
    fingerprint = stage.fingerprint();
    EventSink armedSink = sink;
    if (armedSink != null) {
      armedSink.rulesChanged();
    }
  }
}
