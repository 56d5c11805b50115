package whorl.collector.wiring;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import whorl.collector.fleet.rules.RuleCustody;
import whorl.collector.fleet.rules.RuleRoutes;
import whorl.collector.fleet.rules.RuleSets;
import whorl.collector.http.request.Route;
import whorl.collector.retention.PurgeListener;
import whorl.collector.sigma.SigmaService;
import whorl.collector.store.rules.RuleLedger;
import whorl.collector.store.rules.RuleTestLedger;
import whorl.collector.wiring.base.CustodyWiring;
import whorl.collector.wiring.base.Foundation;
import whorl.collector.wiring.base.LimitWiring;

/** The rules: sets that are pushed to agents, what agents say of them, and tests of rules. */
public record RuleWiring(RuleSets sets, PurgeListener purgeListener) {
  public static RuleWiring open(
      Foundation base, CustodyWiring custody, LimitWiring limits, FleetWiring fleet)
      throws IOException {
    RuleSets sets =
        new RuleSets(
            new RuleLedger(base.database()),
            fleet.fleet(),
            new RuleCustody(custody.log()),
            base.clock(),
            base.sharing().notifications(),
            limits.ruleStates());
    base.closeFirst(sets.listen());
    RuleTestLedger tests = new RuleTestLedger(base.database());
    return new RuleWiring(sets, (evidence, why) -> tests.purged(evidence));
  }

  public List<Route> routes(
      Foundation base,
      CustodyWiring custody,
      FleetWiring fleet,
      AlertWiring alerts,
      TimelineWiring timelines) {
    List<Route> routes = new ArrayList<>(new RuleRoutes(sets).routes());
    routes.addAll(
        SigmaService.open(
            new SigmaService.Parts(
                base.database(),
                sets,
                fleet.fleet(),
                alerts.mutes(),
                base.store(),
                base.catalog(),
                timelines.timeline(),
                fleet.scopes()::seesEvidence,
                custody.exports(),
                base.clock(),
                Foundation.version()),
            base.metrics(),
            base.closing()));
    return routes;
  }
}
