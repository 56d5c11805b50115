package whorl.collector.sigma;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.collector.fleet.rules.PushedSet;
import whorl.collector.sigma.KnownRule.Source;
import whorl.collector.store.rules.RuleHitLedger;
import whorl.collector.store.rules.RuleSetRecord;
import whorl.collector.store.triage.AlertMute;
import whorl.evidence.Level;

/**
 * A rule in the API.
 *
 * @param version of the collector for a built-in rule, of the set for a pushed one
 * @param alerts false if only correlations use it
 * @param problems why agents refuse it
 * @param muted the number of mutes in force that the caller sees
 * @param text as it is written; this and what follows is only there for a single rule
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record RuleView(
    String id,
    String title,
    Level level,
    @Nullable String status,
    String source,
    @Nullable String set,
    @Nullable String version,
    boolean correlation,
    boolean alerts,
    List<Attack.Technique> techniques,
    List<String> tactics,
    List<String> problems,
    Hits hits,
    int muted,
    @Nullable Agents agents,
    @Nullable String text,
    @Nullable Details details) {
  /**
   * Alerts of the rule that are kept.
   *
   * @param last null without any
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Hits(long day, long week, long all, @Nullable Instant last) {
    static Hits of(RuleHitLedger.@Nullable Hits hits) {
      return hits == null
          ? new Hits(0, 0, 0, null)
          : new Hits(hits.day(), hits.week(), hits.all(), hits.last());
    }
  }

  /**
   * What became of it at connected agents.
   *
   * @param refused agents that refuse it, or leave it out ({@code rules.disabled})
   * @param waiting agents that have not answered yet; null for built-in rules
   * @param unsupported agents that are too old to have it or to say so
   * @param differ agents whose built-in rules are those of another version; null for pushed rules
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Agents(
      long active, long refused, @Nullable Long waiting, long unsupported, @Nullable Long differ) {
    static Agents of(PushedSet set) {
      return new Agents(set.loaded(), set.refused(), set.waiting(), set.unsupported(), null);
    }
  }

  /** The alerts of one service; {@code service} is empty for alerts without one. */
  record OfService(String service, Hits hits) {}

  /**
   * Alerts over time.
   *
   * @param from the begin of the first step
   */
  record OverTime(Instant from, long stepSeconds, List<Long> counts) {
    private static OverTime of(RuleHitLedger.OverTime counts) {
      Duration step = RuleHitLedger.STEP;
      return new OverTime(counts.from(), step.toSeconds(), counts.counts());
    }
  }

  /** Who pushed the set, and when. */
  record Pushed(Instant at, String by, String sha256, Map<String, Object> target) {
    private static Pushed of(RuleSetRecord set) {
      return new Pushed(set.pushedAt(), set.pushedBy(), set.sha256().hex(), set.target());
    }
  }

  /**
   * What is only shown of a single rule.
   *
   * @param events the types of events that it looks at; for a correlation, the rules that it counts
   * @param reports what connected agents say of it: why they refuse it, or what has no effect
   * @param pushed null for rules that were not pushed
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Details(
      @Nullable String description,
      List<String> falsePositives,
      List<String> references,
      List<String> tags,
      @Nullable String author,
      List<String> events,
      List<String> warnings,
      List<AgentRules.Report> reports,
      List<OfService> services,
      OverTime overTime,
      List<AlertMute> mutes,
      @Nullable Pushed pushed) {}

  /** The single rule. */
  RuleView with(
      KnownRule rule,
      List<AgentRules.Report> reports,
      Map<String, RuleHitLedger.Hits> byService,
      RuleHitLedger.OverTime counts,
      List<AlertMute> mutes) {
    RuleDocument document = rule.document();
    Details shown =
        new Details(
            document.description(),
            document.falsePositives(),
            document.references(),
            document.tags(),
            document.author(),
            rule.events(),
            rule.warnings(),
            reports,
            byService.entrySet().stream()
                .map(each -> new OfService(each.getKey(), Hits.of(each.getValue())))
                .toList(),
            OverTime.of(counts),
            mutes,
            rule.set() == null ? null : Pushed.of(rule.set().set()));
    return new RuleView(
        id,
        title,
        level,
        status,
        source,
        set,
        version,
        correlation,
        alerts,
        techniques,
        tactics,
        problems,
        hits,
        muted,
        agents,
        document.text().isEmpty() ? null : document.text(),
        shown);
  }

  /**
   * A rule in a list.
   *
   * @param collector the version of the collector
   * @param states what agents say
   */
  static RuleView brief(
      KnownRule rule,
      RuleHitLedger.@Nullable Hits hits,
      int muted,
      String collector,
      AgentRules.States states) {
    RuleDocument document = rule.document();
    PushedSet pushed = rule.set();
    return new RuleView(
        document.id(),
        document.title(),
        document.level(),
        document.status(),
        rule.source().word(),
        pushed == null ? null : pushed.set().name(),
        pushed != null
            ? String.valueOf(pushed.set().version())
            : rule.source() == Source.AGENTS ? null : collector,
        document.correlation(),
        rule.alerts(),
        Attack.techniques(document.tags()),
        Attack.tactics(document.tags()),
        rule.problems(),
        Hits.of(hits),
        muted,
        pushed != null
            ? Agents.of(pushed)
            : rule.source() == Source.BUILT_IN ? states.builtIn(document.id()) : null,
        null,
        null);
  }
}
