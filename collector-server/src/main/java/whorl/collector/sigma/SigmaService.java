package whorl.collector.sigma;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.collector.export.ExportLog;
import whorl.collector.export.SeenEvidence;
import whorl.collector.fleet.agents.Fleet;
import whorl.collector.fleet.rules.RuleSets;
import whorl.collector.http.request.Route;
import whorl.collector.http.server.Metrics;
import whorl.collector.store.database.Database;
import whorl.collector.store.objects.EvidenceStore;
import whorl.collector.store.records.AgentLedger;
import whorl.collector.store.records.Catalog;
import whorl.collector.store.rules.RuleHitLedger;
import whorl.collector.store.rules.RuleTestLedger;
import whorl.collector.store.triage.AlertMutes;
import whorl.collector.timeline.Timeline;

/** Opens what shows, checks and tests rules. */
public final class SigmaService {
  private SigmaService() {}

  /**
   * What it needs of the collector.
   *
   * @param seen who sees evidence
   * @param version of the collector; null if it is not packaged
   */
  public record Parts(
      Database database,
      RuleSets sets,
      Fleet fleet,
      AlertMutes mutes,
      EvidenceStore store,
      Catalog catalog,
      Timeline timeline,
      SeenEvidence seen,
      ExportLog exports,
      InstantSource clock,
      @Nullable String version) {}

  /**
   * Opens it, and returns its routes.
   *
   * @param closing receives what must be closed, last opened first
   */
  public static List<Route> open(Parts parts, Metrics metrics, List<AutoCloseable> closing) {
    RuleHitLedger hits = new RuleHitLedger(parts.database());
    KnownRules rules = new KnownRules(parts.sets(), hits);
    RuleTests tests =
        new RuleTests(new RuleTestLedger(parts.database()), parts.timeline(), parts.clock());
    closing.add(0, tests);
    metrics.counter(
        "whorl_rule_tests_total", "Tests of rules on evidence, run here.", tests::started);
    metrics.counter(
        "whorl_rule_tests_refused_total",
        "Tests of rules that were not run, because too many waited.",
        tests::refused);
    String version = parts.version() == null ? "unpackaged" : parts.version();
    List<Route> routes =
        new ArrayList<>(
            new SigmaRoutes(
                    rules,
                    hits,
                    parts.mutes(),
                    new AgentRules(
                        parts.fleet(), new AgentLedger(parts.database()), System::nanoTime),
                    version,
                    parts.clock())
                .routes());
    routes.addAll(
        new RuleTestRoutes(
                tests,
                rules,
                parts.store(),
                parts.catalog(),
                parts.seen(),
                parts.exports(),
                parts.clock())
            .routes());
    return routes;
  }
}
