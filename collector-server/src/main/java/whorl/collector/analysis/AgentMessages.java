package whorl.collector.analysis;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.collector.analysis.findings.Finding;
import whorl.collector.analysis.findings.FindingBuilder;
import whorl.collector.analysis.findings.Report;
import whorl.collector.analysis.kinds.Severity;
import whorl.collector.analysis.rows.Phrases;
import whorl.collector.store.chain.ChainSummary;
import whorl.collector.store.records.AgentLedger;
import whorl.collector.store.records.AgentRecord;
import whorl.evidence.Id;

/**
 * Says in a report what is wrong with the chain of its agent's messages: a reader of one piece of
 * evidence does not see the alerts about the agent. Evidence is made once and its agent goes on, so
 * this is read at each request, for as long as the agent is remembered. Thread-safe.
 */
final class AgentMessages {
  private static final String ANALYSIS = "agent-messages";
  private static final int FOUND_CHARS = 400;

  private final AgentLedger agents;

  AgentMessages(AgentLedger agents) {
    this.agents = agents;
  }

  /** Returns the report, with a finding about the agent's messages if something is wrong there. */
  Report addTo(Report report, Id agent) throws IOException {
    AgentRecord record = agents.find(agent);
    Finding finding = record == null || record.chain() == null ? null : of(record.chain());
    if (finding == null) {
      return report;
    }
    List<Finding> findings = new ArrayList<>(report.findings());
    findings.add(finding);
    findings.sort(Comparator.comparing(Finding::severity)); // stable
    return report.withFindings(findings);
  }

  private static @Nullable Finding of(ChainSummary chain) {
    List<String> faults = new ArrayList<>();
    if (chain.gaps() > 0) {
      faults.add(
          Phrases.count(chain.missed(), "message")
              + (chain.missed() == 1 ? " is" : " are")
              + " missing in "
              + Phrases.count(chain.gaps(), "place"));
    }
    if (chain.replays() > 0) {
      faults.add(Phrases.count(chain.replays(), "message") + " came again");
    }
    if (chain.forks() > 0) {
      faults.add(
          Phrases.count(chain.forks(), "message") + " did not follow from what had been received");
    }
    if (chain.speakers() > 0) {
      faults.add(
          "somebody else spoke as this agent, or tried to, "
              + Phrases.count(chain.speakers(), "time"));
    }
    if (faults.isEmpty()) {
      return null;
    }
    return new FindingBuilder(ANALYSIS)
        .severity(severity(chain))
        .build("chain", title(chain), text(chain, faults))
        .finding();
  }

  private static Severity severity(ChainSummary chain) {
    return chain.speakers() > 0 || chain.forks() > 0
        ? Severity.HIGH
        : chain.replays() > 0 ? Severity.MEDIUM : Severity.LOW;
  }

  private static String title(ChainSummary chain) {
    return chain.speakers() > 0
        ? "Somebody else spoke as this agent"
        : chain.forks() > 0
            ? "Messages of this agent do not follow from each other"
            : chain.replays() > 0
                ? "Messages of this agent were repeated"
                : "Messages of this agent are missing";
  }

  private static String text(ChainSummary chain, List<String> faults) {
    StringBuilder text = new StringBuilder("In the chain of this agent's messages ");
    text.append(String.join("; ", faults)).append('.');
    if (chain.last() != null) {
      text.append(" Found last");
      if (chain.lastAt() != null) {
        text.append(", at ").append(Phrases.at(chain.lastAt()));
      }
      text.append(": ").append(Phrases.cut(chain.last(), FOUND_CHARS)).append('.');
    }
    return text.append(
            " So the agent's journal and alerts at the collector may lack events, or have some that"
                + " are not its own. The artifacts of this evidence have their own signature.")
        .toString();
  }
}
