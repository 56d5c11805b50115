package whorl.collector.wiring;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import whorl.collector.compare.CompareRoutes;
import whorl.collector.confine.ConfinedJvm;
import whorl.collector.export.ExportLog;
import whorl.collector.export.SeenEvidence;
import whorl.collector.heap.HeapRoutes;
import whorl.collector.http.request.Route;
import whorl.collector.page.ClassRoutes;
import whorl.collector.page.TextRoutes;
import whorl.collector.performance.PerformanceRoutes;
import whorl.collector.performance.ResultStore;
import whorl.collector.store.objects.EvidenceStore;
import whorl.collector.wiring.base.CustodyWiring;
import whorl.collector.wiring.base.Foundation;

/** What people read in artifacts: texts, classes, recordings, heaps, and what differs. */
public final class ArtifactWiring {
  private static final int READERS_AT_ONCE = 2; // of heaps: a snapshot, and a histogram beside it
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private ArtifactWiring() {}

  /** Opens the second JVMs that read artifacts, and returns the routes. */
  public static List<Route> open(Foundation base, CustodyWiring custody, FleetWiring fleet)
      throws IOException {
    EvidenceStore store = base.store();
    ExportLog exports = custody.exports();
    SeenEvidence seen = fleet.scopes()::seesEvidence;
    ConfinedJvm classes = base.confined("classes", READERS_AT_ONCE, PATIENCE);
    List<Route> routes = new ArrayList<>(new TextRoutes(store, exports).routes());
    routes.addAll(new ClassRoutes(store, exports, classes).routes());
    routes.addAll(new CompareRoutes(store, base.catalog(), seen, exports, classes).routes());
    routes.addAll(performance(base).routes(exports));
    routes.addAll(heaps(base).routes(seen, exports));
    return routes;
  }

  private static PerformanceRoutes performance(Foundation base) throws IOException {
    ConfinedJvm readers = base.confined("recordings", READERS_AT_ONCE, PATIENCE);
    PerformanceRoutes performance =
        new PerformanceRoutes(base.store(), base.folder(), base.objects().objects(), readers);
    base.closeFirst(performance);
    return performance;
  }

  private static HeapRoutes heaps(Foundation base) throws IOException {
    ConfinedJvm readers = base.confined("heaps", READERS_AT_ONCE, PATIENCE);
    ResultStore results = ResultStore.of(base.folder(), base.objects().objects());
    HeapRoutes heaps = new HeapRoutes(base.store(), base.catalog(), results, readers);
    base.closeFirst(heaps);
    return heaps;
  }
}
