package whorl.collector.fleet.chain;

import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.collector.store.chain.ChainLedger;
import whorl.collector.store.chain.ChainLedger.Overdue;
import whorl.collector.store.chain.ChainLedger.OverdueQuestion;
import whorl.collector.store.outage.OneByOne;
import whorl.evidence.AgentIdentity;
import whorl.evidence.Alert;
import whorl.evidence.Id;
import whorl.evidence.Level;

/**
 * Raises an alert when evidence that an agent announced does not arrive: one for each agent in an
 * hour, and each piece of evidence is named once, at all collectors together. While the agent sends
 * something, its evidence is awaited for a day. Used by one thread.
 */
final class OverdueEvidence {
  static final String RULE = "collector.evidence-not-arrived";

  /** Without a byte, and since the announcement. */
  private static final Duration AFTER = Duration.ofHours(1);

  /** While the agent sends something else: captures end after this time. */
  private static final Duration AFTER_WHILE_SENDING = Duration.ofHours(24);

  /** Older announcements were looked at before, or by nobody, because no collector ran. */
  private static final Duration WINDOW = Duration.ofDays(2);

  private static final Duration SILENCE = Duration.ofHours(1);

  /** The time for which an announcement is remembered. */
  private static final Duration ONCE = Duration.ofDays(31);

  private static final OverdueQuestion QUESTION =
      new OverdueQuestion(RULE, AFTER, AFTER_WHILE_SENDING, WINDOW);

  private static final int ROWS_OF_AGENT_MAX = 50;
  private static final int AGENTS_MAX = 20;

  /** Some have an alert at another collector meanwhile, or one that cannot be stored. */
  private static final int AGENTS_LISTED_MAX = 200;

  private static final int NAMED_MAX = 10;

  private final ChainLedger ledger;
  private final ChainAlertSink sink;
  private final Chains.JournalTail journals;
  private final InstantSource clock;

  OverdueEvidence(
      ChainLedger ledger, ChainAlertSink sink, Chains.JournalTail journals, InstantSource clock) {
    this.ledger = ledger;
    this.sink = sink;
    this.journals = journals;
    this.clock = clock;
  }

  /** Raises the alerts that are due. What is beyond the limits is raised by a later call. */
  void raise(Chains.KnownAgents agents) throws IOException {
    int claimed = 0;
    OneByOne alerts = new OneByOne();
    for (Id agent : ledger.overdueAgents(QUESTION, SILENCE, AGENTS_LISTED_MAX)) {
      if (claimed - alerts.failed() == AGENTS_MAX) {
        break;
      }
      List<Overdue> overdue = ledger.overdue(QUESTION, agent, ROWS_OF_AGENT_MAX);
      if (!overdue.isEmpty() && ledger.claimAlert(agent, RULE, SILENCE)) {
        claimed++;
        alerts.run("agent " + agent, () -> raise(agent, agents, overdue));
      }
    }
    alerts.end();
  }

  private void raise(Id agent, Chains.KnownAgents agents, List<Overdue> overdue)
      throws IOException {
    boolean stored = false;
    try {
      AgentIdentity identity = agents.identity(agent);
      sink.chainFault(
          alert(agent, identity, overdue),
          identity,
          journals.newest(agent, ChainReports.JOURNAL_EVENTS));
      stored = true;
    } finally {
      if (!stored) {
        ledger.releaseAlert(agent, RULE);
      }
    }
    for (Overdue each : overdue) {
      ledger.claimAlert(each.evidence(), RULE, ONCE);
    }
  }

  private Alert alert(Id agent, @Nullable AgentIdentity identity, List<Overdue> overdue) {
    List<String> named =
        overdue.stream().limit(NAMED_MAX).map(each -> each.evidence().value()).toList();
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("agent", agent.value());
    if (identity != null) {
      fields.putAll(identity.alertFields());
    }
    fields.put("count", overdue.size());
    fields.put("evidence", named);
    fields.put("announced", overdue.get(0).announced().toString());
    return new Alert(
        Id.next(clock),
        "collector",
        clock.instant(),
        RULE,
        Level.MEDIUM,
        "Evidence That an Agent Announced Did Not Arrive",
        "The agent"
            + (identity == null ? "" : " in " + identity.service())
            + " sealed evidence and announced it: "
            + String.join(", ", named)
            + (overdue.size() > named.size()
                ? " and " + (overdue.size() - named.size()) + " more"
                : "")
            + ". For an hour nothing of it has come, or nothing more. The process may have ended"
            + " before it could send it, somebody may have ended it for that, or its spool had no"
            + " room. Look in its evidence.dir, if it has one, and in its losses.",
        List.of("attack.defense-evasion", "attack.t1070"),
        fields,
        null,
        List.of());
  }
}
