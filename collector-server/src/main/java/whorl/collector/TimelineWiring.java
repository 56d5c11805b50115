package whorl.collector;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import whorl.collector.analysis.Reports;
import whorl.collector.confine.ConfinedJvm;
import whorl.collector.custody.CustodyLog;
import whorl.collector.derive.Derivation;
import whorl.collector.export.CaseEvidence;
import whorl.collector.export.ExportLog;
import whorl.collector.export.FindingRoutes;
import whorl.collector.export.TimelineRoutes;
import whorl.collector.http.Metrics;
import whorl.collector.http.Route;
import whorl.collector.page.ClassRoutes;
import whorl.collector.page.StaticRoutes;
import whorl.collector.page.TextRoutes;
import whorl.collector.receive.ReceiveLimits;
import whorl.collector.retention.PurgeListener;
import whorl.collector.store.AgentLedger;
import whorl.collector.store.AlertLedger;
import whorl.collector.store.Catalog;
import whorl.collector.store.DataFolder;
import whorl.collector.store.Database;
import whorl.collector.store.Disk;
import whorl.collector.store.EvidenceStore;
import whorl.collector.store.IndicatorLedger;
import whorl.collector.timeline.DuckTimeline;
import whorl.collector.timeline.IndexQueue;
import whorl.collector.timeline.Preparation;
import whorl.collector.timeline.Timeline;
import whorl.evidence.Id;
import whorl.evidence.Json;

/**
 * Ties the investigator's side together: rows of evidence, what they mean, and how they are shown.
 *
 * @param index what evidence that has come is handed to
 */
record TimelineWiring(
    Around with, IndexQueue index, Timeline timeline, Reports reports, ConfinedJvm classViewers) {
  private static final int INDEXERS_AT_ONCE = 2;
  private static final Duration INDEXER_PATIENCE = Duration.ofSeconds(30);
  private static final int CLASS_VIEWS_AT_ONCE = 2;
  private static final Duration CLASS_VIEW_PATIENCE = Duration.ofSeconds(20);
  private static final long QUERY_MEMORY_BYTES = 512L << 20;

  /**
   * What is there already.
   *
   * @param database that can be made again
   */
  record Around(
      DataFolder folder,
      EvidenceStore store,
      Catalog catalog,
      CustodyLog custody,
      Database database,
      AlertLedger alerts,
      LongSupplier freeBytes) {}

  /**
   * Opens them; nothing is indexed before {@link #start}.
   *
   * @param closing takes what is to be closed, the last first
   */
  static TimelineWiring open(Around with, Metrics metrics, List<AutoCloseable> closing)
      throws IOException {
    ConfinedJvm indexers = confined(with, "timeline", INDEXERS_AT_ONCE, INDEXER_PATIENCE);
    closing.add(0, indexers);
    IndexQueue index =
        new IndexQueue(
            new IndexQueue.Surroundings(
                with.store(),
                with.folder(),
                Disk.LOCAL,
                with.custody()::lines,
                derivedFirst(with, indexers),
                indexers,
                with.freeBytes(),
                ReceiveLimits.DEFAULT.freeReserveBytes()));
    closing.add(0, index);
    DuckTimeline timeline = new DuckTimeline(index, with.folder().exports(), QUERY_MEMORY_BYTES);
    closing.add(0, timeline);
    Reports reports =
        new Reports(
            timeline,
            index,
            with.store(),
            with.folder(),
            Disk.LOCAL,
            new IndicatorLedger(with.database()),
            with.alerts(),
            new AgentLedger(with.database()));
    closing.add(0, reports);
    index.onReady(reports::indexed);
    ConfinedJvm classViewers = confined(with, "classes", CLASS_VIEWS_AT_ONCE, CLASS_VIEW_PATIENCE);
    closing.add(0, classViewers);
    register(metrics, index);
    return new TimelineWiring(with, index, timeline, reports, classViewers);
  }

  private static ConfinedJvm confined(Around with, String part, int atOnce, Duration patience)
      throws IOException {
    Path place = with.folder().confined(part);
    Disk.LOCAL.createFolders(place);
    return new ConfinedJvm(place, atOnce, patience);
  }

  private static Preparation derivedFirst(Around with, ConfinedJvm indexers) {
    Derivation derivation =
        new Derivation(
            with.store(), with.catalog(), with.custody(), indexers, with.folder(), Disk.LOCAL);
    return (evidence, atMost) ->
        switch (derivation.derive(evidence, atMost)) {
          case DONE -> Preparation.Outcome.DONE;
          case NO_JVM -> Preparation.Outcome.LATER;
          case TOO_LONG -> Preparation.Outcome.TOO_LONG;
        };
  }

  /** Begins with what has no rows yet, or no report. */
  void start() throws IOException {
    index.start();
    reports.start();
  }

  /** Who must be told when evidence is purged. */
  List<PurgeListener> forgetting() {
    return List.of(
        (evidence, why) -> index.forget(evidence), (evidence, why) -> reports.forget(evidence));
  }

  List<Route> routes(CaseEvidence cases, ExportLog exports) {
    List<Route> routes =
        new ArrayList<>(new TimelineRoutes(with.store(), timeline, index, cases, exports).routes());
    routes.addAll(
        new FindingRoutes(
                with.store(), index, new FindingRoutes.Findings(reports::of, this::stix), exports)
            .routes());
    routes.addAll(new StaticRoutes().routes());
    routes.addAll(new TextRoutes(with.store(), exports).routes());
    routes.addAll(new ClassRoutes(with.store(), exports, classViewers).routes());
    return routes;
  }

  private byte @Nullable [] stix(Id evidence) throws IOException {
    Map<String, Object> bundle = reports.stix(evidence);
    return bundle == null ? null : Json.bytes(bundle);
  }

  private static void register(Metrics metrics, IndexQueue index) {
    metrics.gauge("whorl_index_waiting", "Evidence that waits for its rows.", index::waiting);
    metrics.counter("whorl_indexed_total", "Evidence indexed.", index::indexed, "state", "ready");
    metrics.counter("whorl_indexed_total", "Evidence indexed.", index::failed, "state", "failed");
  }
}
