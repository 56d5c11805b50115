package whorl.collector;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import whorl.collector.audit.LoginCustody;
import whorl.collector.config.ServeConfig;
import whorl.collector.http.request.Route;
import whorl.collector.http.server.Metrics;
import whorl.collector.notify.Notifier;
import whorl.collector.notify.Notify;
import whorl.collector.page.StaticRoutes;
import whorl.collector.people.tokens.ApiTokenRoutes;
import whorl.collector.people.tokens.ApiTokens;
import whorl.collector.scopes.ScopeGuard;
import whorl.collector.store.views.ViewLedger;
import whorl.collector.views.ViewRoutes;
import whorl.collector.wiring.AlertWiring;
import whorl.collector.wiring.ArtifactWiring;
import whorl.collector.wiring.ChannelWiring;
import whorl.collector.wiring.FindingWiring;
import whorl.collector.wiring.FleetWiring;
import whorl.collector.wiring.IdentityWiring;
import whorl.collector.wiring.LakeWiring;
import whorl.collector.wiring.LibraryWiring;
import whorl.collector.wiring.McpWiring;
import whorl.collector.wiring.NotifyWiring;
import whorl.collector.wiring.PeopleWiring;
import whorl.collector.wiring.ReceiveWiring;
import whorl.collector.wiring.RequestWiring;
import whorl.collector.wiring.RetentionWiring;
import whorl.collector.wiring.RuleWiring;
import whorl.collector.wiring.SearchWiring;
import whorl.collector.wiring.TimelineWiring;
import whorl.collector.wiring.base.CustodyWiring;
import whorl.collector.wiring.base.Foundation;
import whorl.collector.wiring.base.FullDisk;
import whorl.collector.wiring.base.LimitWiring;
import whorl.collector.wiring.base.Readiness;

/**
 * Puts the collector together: its capabilities in the order in which they need each other, and
 * then their routes. Each capability is a class of {@code whorl.collector.wiring}.
 */
final class Wiring {
  private Wiring() {}

  /** Opens the parts on the data folder; if one fails, closes those that are open. */
  static CollectorParts open(ServeConfig config, Metrics metrics, Readiness readiness)
      throws IOException {
    List<AutoCloseable> closing = new ArrayList<>();
    try {
      return open(Foundation.open(config, metrics, readiness, closing));
    } catch (IOException | RuntimeException e) {
      for (AutoCloseable part : closing) {
        try {
          part.close();
        } catch (Exception alsoFailed) {
          e.addSuppressed(alsoFailed);
        }
      }
      throw e;
    }
  }

  private static CollectorParts open(Foundation base) throws IOException {
    CustodyWiring custody = CustodyWiring.open(base);
    base.useRecords();
    LimitWiring limits = LimitWiring.open(base);
    limits.recordLogins(new LoginCustody(custody.log(), base.clock()));
    PeopleWiring people = PeopleWiring.open(base, limits);
    Notify notify = NotifyWiring.open(base);
    Notifier notifier = notify.notifier();

    // what agents send
    IdentityWiring identities = IdentityWiring.open(base, limits);
    FleetWiring fleet = FleetWiring.open(base, custody, limits, identities, notifier);
    AlertWiring alerts = AlertWiring.open(base, limits, identities, fleet, notifier);
    RuleWiring rules = RuleWiring.open(base, custody, limits, fleet);
    ChannelWiring channel = ChannelWiring.open(base, fleet, alerts, rules);
    List<Route> routes = new ArrayList<>(LibraryWiring.open(base, limits, fleet, channel));

    // evidence, and what is made of it
    TimelineWiring timelines = TimelineWiring.open(base, custody);
    FindingWiring findings = FindingWiring.open(base, timelines, alerts, notifier);
    LakeWiring lake = LakeWiring.open(base, timelines);
    ReceiveWiring receive =
        ReceiveWiring.open(base, custody, identities, fleet, timelines, notifier);

    // everything that was interrupted is recovered: the work begins
    channel.start(base, fleet);
    timelines.start(base);
    findings.start();
    lake.start();
    custody.start(base);

    // what people do
    SearchWiring search = SearchWiring.open(base, custody, fleet, timelines);
    RetentionWiring retention =
        RetentionWiring.open(
            base,
            custody,
            fleet,
            receive,
            List.of(
                timelines.purgeListener(),
                findings.purgeListener(),
                fleet.purgeListener(),
                alerts.purgeListener(),
                rules.purgeListener(),
                lake.purgeListener(),
                search.purgeListener()));
    ApiTokens apiTokens = people.apiTokens(base, custody.log());

    routes.addAll(receive.routes(base, custody, identities, fleet));
    routes.addAll(custody.routes(base, fleet.scopes().origins(), fleet.scopes()::seesEvidence));
    routes.addAll(fleet.routes());
    routes.addAll(rules.routes(base, custody, fleet, alerts, timelines));
    routes.addAll(alerts.routes(base, custody, limits));
    routes.addAll(notify.routes());
    routes.addAll(search.routes());
    routes.addAll(retention.routes());
    routes.addAll(RequestWiring.open(base, custody, fleet, channel, retention));
    routes.addAll(timelines.routes(base, custody, fleet, retention.cases()::evidenceOf));
    routes.addAll(findings.routes(base, custody, fleet, timelines, receive));
    routes.addAll(ArtifactWiring.open(base, custody, fleet));
    routes.addAll(people.routes());
    routes.addAll(new ApiTokenRoutes(apiTokens, base.clock()).routes());
    routes.addAll(new ViewRoutes(new ViewLedger(base.records().cases()), base.clock()).routes());
    routes.addAll(new StaticRoutes().routes());
    limits.start(base, rules.sets());
    base.start();

    ScopeGuard guard = fleet.scopes().guard(retention.cases());
    List<Route> all = new ArrayList<>(new FullDisk(base.freeBytes()).guard(routes));
    all.addAll(McpWiring.routes(base, guard.guarded(all)));
    return new CollectorParts(
        all,
        guard,
        channel.channel(),
        people.access(),
        identities.proofs(),
        apiTokens,
        receive.bags(),
        base.closing());
  }
}
