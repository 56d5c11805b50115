package whorl.collector.wiring;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.collector.confine.ConfinedJvm;
import whorl.collector.custody.log.CustodyLog;
import whorl.collector.derive.Derivation;
import whorl.collector.export.CaseEvidence;
import whorl.collector.export.ExportLog;
import whorl.collector.export.QueryRoutes;
import whorl.collector.export.SeenEvidence;
import whorl.collector.export.TimelineReadiness;
import whorl.collector.export.TimelineRoutes;
import whorl.collector.http.request.Route;
import whorl.collector.http.server.Metrics;
import whorl.collector.marks.MarkRoutes;
import whorl.collector.marks.Marks;
import whorl.collector.receive.ReceiveLimits;
import whorl.collector.retention.PurgeListener;
import whorl.collector.sql.SqlQueries;
import whorl.collector.store.disk.Disk;
import whorl.collector.store.marks.MarkLedger;
import whorl.collector.timeline.Timeline;
import whorl.collector.timeline.index.IndexQueue;
import whorl.collector.timeline.index.Preparation;
import whorl.collector.timeline.index.SharedTimelines;
import whorl.collector.timeline.query.DuckTimeline;
import whorl.collector.wiring.base.CustodyWiring;
import whorl.collector.wiring.base.Foundation;

/**
 * Timelines of evidence, and what people mark on their rows.
 *
 * @param index indexes new evidence
 * @param shared timelines as objects; null if they are in the data folder
 */
public record TimelineWiring(
    IndexQueue index,
    @Nullable SharedTimelines shared,
    Timeline timeline,
    Marks marks,
    MarkLedger markLedger) {
  private static final int INDEXERS_AT_ONCE = 2;
  private static final Duration INDEXER_PATIENCE = Duration.ofSeconds(30);
  private static final long QUERY_MEMORY_BYTES = 512L << 20;

  /** Opens the parts; indexing begins with {@link #start}. */
  public static TimelineWiring open(Foundation base, CustodyWiring custody) throws IOException {
    SharedTimelines shared = base.objects().timelines(base.folder());
    IndexQueue index = index(base, custody.log(), shared);
    register(base.metrics(), index);
    deleteUnfinished(base.folder().exports());
    DuckTimeline timeline = new DuckTimeline(index, base.folder().exports(), QUERY_MEMORY_BYTES);
    base.closeFirst(timeline);
    MarkLedger markLedger = new MarkLedger(base.records().cases());
    Marks marks = new Marks(markLedger, timeline, custody.log(), base.clock());
    return new TimelineWiring(index, shared, timeline, marks, markLedger);
  }

  /** Deletes the exports and imports of a run that was killed: their rows may be purged by now. */
  private static void deleteUnfinished(Path exports) throws IOException {
    if (Files.isDirectory(exports)) {
      try (DirectoryStream<Path> unfinished = Files.newDirectoryStream(exports)) {
        for (Path each : unfinished) {
          Disk.LOCAL.delete(each);
        }
      }
    }
  }

  private static IndexQueue index(
      Foundation base, CustodyLog custody, @Nullable SharedTimelines shared) throws IOException {
    ConfinedJvm indexers = base.confined("timeline", INDEXERS_AT_ONCE, INDEXER_PATIENCE);
    IndexQueue index =
        new IndexQueue(
            new IndexQueue.Dependencies(
                base.store(),
                base.folder(),
                Disk.LOCAL,
                custody::lines,
                deriveFirst(base, custody, indexers),
                indexers,
                base.freeBytes(),
                ReceiveLimits.DEFAULT.freeReserveBytes(),
                shared,
                base.sharing().indexWork(base.database())));
    base.closeFirst(index);
    return index;
  }

  private static Preparation deriveFirst(
      Foundation base, CustodyLog custody, ConfinedJvm indexers) {
    Derivation derivation =
        new Derivation(base.store(), base.catalog(), custody, indexers, base.folder(), Disk.LOCAL);
    return (evidence, atMost) ->
        switch (derivation.derive(evidence, atMost)) {
          case DONE -> Preparation.Outcome.DONE;
          case NO_JVM, NO_ROOM -> Preparation.Outcome.LATER;
          case TOO_LONG -> Preparation.Outcome.TOO_LONG;
        };
  }

  /** Starts with evidence that has no rows yet. */
  public void start(Foundation base) throws IOException {
    base.readiness().addOptional(this::problem);
    index.start();
  }

  private @Nullable String problem() {
    return index.isRunning()
        ? null
        : "the indexing threads have ended: new evidence gets no timeline; restart";
  }

  /** Called when evidence is purged. */
  public PurgeListener purgeListener() {
    return (evidence, why) -> {
      index.forget(evidence);
      markLedger.purged(evidence);
    };
  }

  /**
   * The routes of timelines, queries and marks.
   *
   * @param cases knows which evidence is of a case
   */
  public List<Route> routes(
      Foundation base, CustodyWiring custody, FleetWiring fleet, CaseEvidence cases)
      throws IOException {
    ExportLog exports = custody.exports();
    SeenEvidence seen = fleet.scopes()::seesEvidence;
    List<Route> routes =
        new ArrayList<>(
            new TimelineRoutes(base.store(), timeline, index, cases, seen, exports, marks)
                .routes());
    routes.addAll(new MarkRoutes(marks, base.store(), new TimelineReadiness(index)).routes());
    routes.addAll(
        new QueryRoutes(
                queries(base), base.store(), base.catalog(), cases, seen, index, index, exports)
            .routes());
    return routes;
  }

  /** Queries of people in SQL. */
  private static SqlQueries queries(Foundation base) throws IOException {
    long reserve = ReceiveLimits.DEFAULT.freeReserveBytes();
    SqlQueries queries =
        new SqlQueries(
            base.folder().exports().resolve("sql"), () -> base.freeBytes().getAsLong() - reserve);
    base.closeFirst(queries);
    return queries;
  }

  private static void register(Metrics metrics, IndexQueue index) {
    metrics.gauge("whorl_index_waiting", "Evidence that waits for its rows.", index::waiting);
    metrics.counter("whorl_indexed_total", "Evidence indexed.", index::indexed, "state", "ready");
    metrics.counter("whorl_indexed_total", "Evidence indexed.", index::failed, "state", "failed");
  }
}
