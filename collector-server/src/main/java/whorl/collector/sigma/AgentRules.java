package whorl.collector.sigma;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import whorl.collector.fleet.agents.Connection;
import whorl.collector.fleet.agents.Fleet;
import whorl.collector.store.access.Origin;
import whorl.collector.store.access.Scope;
import whorl.collector.store.presence.AgentFilter;
import whorl.collector.store.records.AgentLedger;
import whorl.collector.store.records.AgentRecord;
import whorl.evidence.AgentIdentity;
import whorl.evidence.Digest;
import whorl.evidence.Id;
import whorl.evidence.Text;
import whorl.rules.match.RuleRefused;
import whorl.rules.parse.RulePack;

/**
 * What connected agents say of their rules in their status. It is read again after ten seconds.
 * Thread-safe.
 */
final class AgentRules {
  private static final Duration REMEMBERED = Duration.ofSeconds(10);
  private static final int LINES_MAX = 20;
  private static final int REPORTS_MAX = 20;
  private static final int LINE_CHARS = 500;

  private final Fleet fleet;
  private final AgentLedger ledger;
  private final LongSupplier nanos;
  private final Digest pack = RulePack.digest();
  private volatile @Nullable Snapshot last;

  AgentRules(Fleet fleet, AgentLedger ledger, LongSupplier nanos) {
    this.fleet = fleet;
    this.ledger = ledger;
    this.nanos = nanos;
  }

  private record Snapshot(long atNanos, List<OfAgent> agents) {}

  /**
   * What one agent says.
   *
   * @param samePack whether its built-in rules are those of this collector; null if it does not say
   * @param disabled ids of rules that it leaves out
   * @param lines about rules that it refuses, and rules that have effect only in part
   */
  private record OfAgent(
      AgentIdentity agent, @Nullable Boolean samePack, List<String> disabled, List<String> lines) {}

  /** What an agent says about a rule. */
  record Report(Id agent, String service, @Nullable String pod, String line) {}

  /** What the agents of a scope say. */
  final class States {
    private final List<OfAgent> agents;
    private final Map<String, Long> disabled = new HashMap<>();
    private long same;
    private long differ;
    private long silent;

    private States(List<OfAgent> agents) {
      this.agents = agents;
      for (OfAgent each : agents) {
        if (each.samePack() == null) {
          silent++;
        } else if (each.samePack()) {
          same++;
          each.disabled().forEach(id -> disabled.merge(id.toLowerCase(Locale.ROOT), 1L, Long::sum));
        } else {
          differ++;
        }
      }
    }

    /** The numbers for a built-in rule. */
    RuleView.Agents builtIn(String rule) {
      long off = disabled.getOrDefault(rule.toLowerCase(Locale.ROOT), 0L);
      return new RuleView.Agents(same - off, off, null, silent, differ);
    }

    /** What agents say about the rule with this title. */
    List<Report> about(String title) {
      String named = "rule " + RuleRefused.quoted(title) + ":";
      List<Report> reports = new ArrayList<>();
      for (OfAgent each : agents) {
        for (String line : each.lines()) {
          if (line.contains(named) && reports.size() < REPORTS_MAX) {
            AgentIdentity agent = each.agent();
            reports.add(new Report(agent.id(), agent.service(), agent.pod(), line));
          }
        }
      }
      return reports;
    }
  }

  /** What the connected agents of the scope say. */
  States of(Scope scope) throws IOException {
    List<OfAgent> all = snapshot().agents();
    return new States(
        scope.isEverything()
            ? all
            : all.stream().filter(each -> scope.holds(Origin.of(each.agent()))).toList());
  }

  private Snapshot snapshot() throws IOException {
    Snapshot known = last;
    long now = nanos.getAsLong();
    if (known != null && now - known.atNanos() < REMEMBERED.toNanos()) {
      return known;
    }
    List<AgentIdentity> connected = fleet.find(AgentFilter.ALL);
    List<Id> elsewhere = new ArrayList<>();
    Map<Id, Map<String, Object>> capabilities = new HashMap<>();
    for (AgentIdentity agent : connected) {
      Connection here = fleet.connection(agent.id());
      if (here == null) {
        elsewhere.add(agent.id());
      } else {
        capabilities.put(agent.id(), here.record().capabilities());
      }
    }
    for (Map.Entry<Id, AgentRecord> each : ledger.findAll(elsewhere).entrySet()) {
      capabilities.put(each.getKey(), each.getValue().capabilities());
    }
    List<OfAgent> agents = new ArrayList<>(connected.size());
    for (AgentIdentity agent : connected) {
      agents.add(ofAgent(agent, capabilities.getOrDefault(agent.id(), Map.of())));
    }
    Snapshot fresh = new Snapshot(now, List.copyOf(agents));
    last = fresh;
    return fresh;
  }

  private OfAgent ofAgent(AgentIdentity agent, Map<String, Object> capabilities) {
    Object digest = capabilities.get("builtInRules");
    List<String> lines = new ArrayList<>(texts(capabilities.get("rulesRefused")));
    lines.addAll(texts(capabilities.get("ruleWarnings")));
    return new OfAgent(
        agent,
        digest instanceof String text ? text.equals(pack.hex()) : null,
        texts(capabilities.get("rulesDisabled")),
        lines);
  }

  /** The agent may say anything. */
  private static List<String> texts(@Nullable Object value) {
    List<String> texts = new ArrayList<>();
    if (value instanceof List<?> list) {
      for (Object each : list) {
        if (each instanceof String text && texts.size() < LINES_MAX) {
          texts.add(Text.beginning(text, LINE_CHARS));
        }
      }
    }
    return texts;
  }
}
