package whorl.collector.wiring;

import java.util.ArrayList;
import java.util.List;
import whorl.collector.http.request.Route;
import whorl.collector.retention.PurgeListener;
import whorl.collector.search.IdRoutes;
import whorl.collector.search.RowSearchLimits;
import whorl.collector.search.RowSearches;
import whorl.collector.search.SearchRoutes;
import whorl.collector.store.access.IdLookup;
import whorl.collector.store.database.Database;
import whorl.collector.store.records.AgentLedger;
import whorl.collector.store.records.IndicatorLedger;
import whorl.collector.store.searches.RowSearchLedger;
import whorl.collector.wiring.base.CustodyWiring;
import whorl.collector.wiring.base.Foundation;

/**
 * What is looked for everywhere: values in evidence, words in rows, ids by a part of them.
 *
 * @param purgeListener called when evidence is purged
 */
public record SearchWiring(List<Route> routes, PurgeListener purgeListener) {
  public static SearchWiring open(
      Foundation base, CustodyWiring custody, FleetWiring fleet, TimelineWiring timelines) {
    Database database = base.database();
    List<Route> routes =
        new ArrayList<>(
            new SearchRoutes(
                    new IndicatorLedger(database), new AgentLedger(database), fleet.journalLedger())
                .routes());
    routes.addAll(new IdRoutes(new IdLookup(database), fleet.fleet()::save).routes());
    RowSearchLedger ledger =
        new RowSearchLedger(
            database, base.clock(), RowSearchLimits.MAX_OF_PERSON, RowSearchLimits.MAX_RUNNING);
    routes.addAll(
        RowSearches.open(
            new RowSearches.Dependencies(
                base.store(),
                base.catalog(),
                timelines.index(),
                timelines.timeline(),
                custody.exports(),
                ledger,
                base.clock()),
            base.metrics(),
            base.closing()));
    return new SearchWiring(routes, (evidence, why) -> ledger.purged(evidence));
  }
}
