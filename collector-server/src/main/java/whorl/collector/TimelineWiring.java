package whorl.collector;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import whorl.collector.analysis.EarlierReports;
import whorl.collector.analysis.ReportWork;
import whorl.collector.analysis.Reports;
import whorl.collector.analysis.SharedReports;
import whorl.collector.analysis.findings.Finding;
import whorl.collector.compare.CompareRoutes;
import whorl.collector.confine.ConfinedJvm;
import whorl.collector.custody.log.CustodyLog;
import whorl.collector.custody.verify.Verification;
import whorl.collector.derive.Derivation;
import whorl.collector.export.CaseEvidence;
import whorl.collector.export.ExportLog;
import whorl.collector.export.FindingRoutes;
import whorl.collector.export.QueryRoutes;
import whorl.collector.export.SeenEvidence;
import whorl.collector.export.TimelineReadiness;
import whorl.collector.export.TimelineRoutes;
import whorl.collector.heap.HeapRoutes;
import whorl.collector.http.request.Route;
import whorl.collector.http.server.Metrics;
import whorl.collector.marks.MarkRoutes;
import whorl.collector.marks.Marks;
import whorl.collector.page.ClassRoutes;
import whorl.collector.page.StaticRoutes;
import whorl.collector.page.TextRoutes;
import whorl.collector.performance.PerformanceRoutes;
import whorl.collector.performance.ResultStore;
import whorl.collector.receive.ReceiveLimits;
import whorl.collector.report.ReportRoutes;
import whorl.collector.retention.PurgeListener;
import whorl.collector.sql.SqlQueries;
import whorl.collector.store.access.Scope;
import whorl.collector.store.database.Database;
import whorl.collector.store.disk.DataFolder;
import whorl.collector.store.disk.Disk;
import whorl.collector.store.objects.EvidenceStore;
import whorl.collector.store.objects.ObjectStore;
import whorl.collector.store.records.AgentLedger;
import whorl.collector.store.records.AlertLedger;
import whorl.collector.store.records.Catalog;
import whorl.collector.store.records.IndicatorLedger;
import whorl.collector.store.triage.GravestLedger;
import whorl.collector.timeline.Timeline;
import whorl.collector.timeline.index.IndexQueue;
import whorl.collector.timeline.index.Preparation;
import whorl.collector.timeline.index.SharedIndexWork;
import whorl.collector.timeline.index.SharedTimelines;
import whorl.collector.timeline.query.DuckTimeline;
import whorl.evidence.Id;
import whorl.evidence.Json;
import whorl.evidence.Level;

/**
 * Wires the investigator's side: timelines, findings and the page.
 *
 * @param index indexes new evidence
 */
record TimelineWiring(
    Parts parts,
    IndexQueue index,
    Timeline timeline,
    Reports reports,
    EarlierReports earlierReports,
    ConfinedJvm classViewers,
    PerformanceRoutes performance,
    HeapRoutes heaps,
    SqlQueries queries) {
  private static final int INDEXERS_AT_ONCE = 2;
  private static final Duration INDEXER_PATIENCE = Duration.ofSeconds(30);
  private static final int CLASS_VIEWS_AT_ONCE = 2;
  private static final Duration CLASS_VIEW_PATIENCE = Duration.ofSeconds(20);
  private static final int RECORDINGS_AT_ONCE = 2;
  private static final int HEAPS_AT_ONCE = 2; // a snapshot, and a histogram beside it
  private static final long QUERY_MEMORY_BYTES = 512L << 20;

  /**
   * The existing parts that these need.
   *
   * @param database the one that can be rebuilt
   * @param sharedTimelines null for timelines in the data folder
   * @param work what any of several collectors may index; null for a collector that is alone
   * @param objects where timelines and reports are shared; null if they are in the data folder
   * @param reportWork the reports that any of several collectors may compute; null likewise
   */
  record Parts(
      DataFolder folder,
      EvidenceStore store,
      Catalog catalog,
      CustodyLog custody,
      Database database,
      AlertLedger alerts,
      LongSupplier freeBytes,
      @Nullable SharedTimelines sharedTimelines,
      @Nullable SharedIndexWork work,
      @Nullable ObjectStore objects,
      @Nullable ReportWork reportWork) {}

  /**
   * Opens the parts; indexing begins with {@link #start}.
   *
   * @param closing receives what must be closed, last opened first
   */
  static TimelineWiring open(Parts parts, Metrics metrics, List<AutoCloseable> closing)
      throws IOException {
    ConfinedJvm indexers = confined(parts, "timeline", INDEXERS_AT_ONCE, INDEXER_PATIENCE);
    closing.add(0, indexers);
    IndexQueue index =
        new IndexQueue(
            new IndexQueue.Dependencies(
                parts.store(),
                parts.folder(),
                Disk.LOCAL,
                parts.custody()::lines,
                deriveFirst(parts, indexers),
                indexers,
                parts.freeBytes(),
                ReceiveLimits.DEFAULT.freeReserveBytes(),
                parts.sharedTimelines(),
                parts.work()));
    closing.add(0, index);
    DuckTimeline timeline = new DuckTimeline(index, parts.folder().exports(), QUERY_MEMORY_BYTES);
    closing.add(0, timeline);
    Reports reports =
        new Reports(
            timeline,
            index,
            parts.store(),
            parts.folder(),
            Disk.LOCAL,
            new IndicatorLedger(parts.database()),
            parts.alerts(),
            new AgentLedger(parts.database()),
            sharedReports(parts));
    closing.add(0, reports);
    GravestLedger gravest = new GravestLedger(parts.database());
    reports.onKept(
        (evidence, finding, alerts) ->
            gravest.put(evidence, levelOf(finding), finding == null ? null : finding.title()));
    EarlierReports earlierReports = new EarlierReports(reports, gravest);
    closing.add(0, earlierReports);
    index.onReady(reports::indexed);
    ConfinedJvm classViewers = confined(parts, "classes", CLASS_VIEWS_AT_ONCE, CLASS_VIEW_PATIENCE);
    closing.add(0, classViewers);
    ConfinedJvm recordings = confined(parts, "recordings", RECORDINGS_AT_ONCE, CLASS_VIEW_PATIENCE);
    closing.add(0, recordings);
    PerformanceRoutes performance =
        new PerformanceRoutes(parts.store(), parts.folder(), parts.objects(), recordings);
    closing.add(0, performance);
    ConfinedJvm heapReaders = confined(parts, "heaps", HEAPS_AT_ONCE, CLASS_VIEW_PATIENCE);
    closing.add(0, heapReaders);
    HeapRoutes heaps =
        new HeapRoutes(
            parts.store(),
            parts.catalog(),
            ResultStore.of(parts.folder(), parts.objects()),
            heapReaders);
    closing.add(0, heaps);
    SqlQueries queries =
        new SqlQueries(
            parts.folder().exports().resolve("sql"),
            () -> parts.freeBytes().getAsLong() - ReceiveLimits.DEFAULT.freeReserveBytes());
    closing.add(0, queries);
    register(metrics, index, parts.reportWork());
    return new TimelineWiring(
        parts, index, timeline, reports, earlierReports, classViewers, performance, heaps, queries);
  }

  /** Reports of several collectors; null for a collector that is alone. */
  private static Reports.@Nullable Sharing sharedReports(Parts parts) {
    SharedTimelines timelines = parts.sharedTimelines();
    ObjectStore objects = parts.objects();
    ReportWork work = parts.reportWork();
    return timelines == null || objects == null || work == null
        ? null
        : new Reports.Sharing(new SharedReports(objects, timelines::build), work);
  }

  private static ConfinedJvm confined(Parts parts, String part, int concurrency, Duration patience)
      throws IOException {
    Path folder = parts.folder().confined(part);
    Disk.LOCAL.createFolders(folder);
    return new ConfinedJvm(folder, concurrency, patience);
  }

  private static Preparation deriveFirst(Parts parts, ConfinedJvm indexers) {
    Derivation derivation =
        new Derivation(
            parts.store(), parts.catalog(), parts.custody(), indexers, parts.folder(), Disk.LOCAL);
    return (evidence, atMost) ->
        switch (derivation.derive(evidence, atMost)) {
          case DONE -> Preparation.Outcome.DONE;
          case NO_JVM -> Preparation.Outcome.LATER;
          case TOO_LONG -> Preparation.Outcome.TOO_LONG;
        };
  }

  /** Starts with evidence that has no rows or no report yet. */
  void start() throws IOException {
    index.start();
    reports.start();
    earlierReports.start();
  }

  private static @Nullable Level levelOf(@Nullable Finding finding) {
    return finding == null ? null : Level.of(finding.severity().word());
  }

  /** The listeners for purged evidence. */
  List<PurgeListener> purgeListeners() {
    return List.of(
        (evidence, reason) -> index.forget(evidence),
        (evidence, reason) -> reports.forget(evidence));
  }

  List<Route> routes(CaseEvidence cases, SeenEvidence seen, ExportLog exports, Marks marks) {
    List<Route> routes =
        new ArrayList<>(
            new TimelineRoutes(parts.store(), timeline, index, cases, seen, exports, marks)
                .routes());
    routes.addAll(new MarkRoutes(marks, parts.store(), new TimelineReadiness(index)).routes());
    routes.addAll(
        new QueryRoutes(queries, parts.store(), parts.catalog(), cases, seen, index, index, exports)
            .routes());
    routes.addAll(
        new FindingRoutes(
                parts.store(), index, new FindingRoutes.Findings(reports::of, this::stix), exports)
            .routes());
    routes.addAll(new StaticRoutes().routes());
    routes.addAll(new TextRoutes(parts.store(), exports).routes());
    routes.addAll(new ClassRoutes(parts.store(), exports, classViewers).routes());
    routes.addAll(
        new CompareRoutes(parts.store(), parts.catalog(), seen, exports, classViewers).routes());
    routes.addAll(performance.routes(exports));
    routes.addAll(heaps.routes(seen, exports));
    return routes;
  }

  /** The route of reports to hand on. */
  List<Route> reportRoutes(
      Verification verification, ExportLog exports, InstantSource clock, Marks marks) {
    return new ReportRoutes(
            parts.store(),
            timeline,
            index,
            reports,
            parts.custody(),
            verification,
            exports,
            clock,
            marks)
        .routes();
  }

  private static long waiting(ReportWork work) {
    try {
      return work.waiting();
    } catch (IOException e) {
      return -1; // the records do not answer, and readiness says so
    }
  }

  private byte @Nullable [] stix(Scope reader, Id evidence) throws IOException {
    Map<String, Object> bundle = reports.stix(reader, evidence);
    return bundle == null ? null : Json.bytes(bundle);
  }

  private static void register(Metrics metrics, IndexQueue index, @Nullable ReportWork work) {
    if (work != null) {
      metrics.gauge(
          "whorl_findings_waiting",
          "Reports that wait or are computed, at all collectors.",
          () -> waiting(work));
    }
    metrics.gauge("whorl_index_waiting", "Evidence that waits for its rows.", index::waiting);
    metrics.counter("whorl_indexed_total", "Evidence indexed.", index::indexed, "state", "ready");
    metrics.counter("whorl_indexed_total", "Evidence indexed.", index::failed, "state", "failed");
  }
}
