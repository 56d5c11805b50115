package whorl.collector.wiring;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.collector.analysis.EarlierReports;
import whorl.collector.analysis.ReportWork;
import whorl.collector.analysis.Reports;
import whorl.collector.analysis.SharedReports;
import whorl.collector.analysis.findings.Finding;
import whorl.collector.custody.verify.Verification;
import whorl.collector.export.FindingRoutes;
import whorl.collector.http.request.Route;
import whorl.collector.http.server.Metrics;
import whorl.collector.notify.Notifier;
import whorl.collector.report.ReportRoutes;
import whorl.collector.retention.PurgeListener;
import whorl.collector.store.access.Scope;
import whorl.collector.store.disk.Disk;
import whorl.collector.store.objects.ObjectStore;
import whorl.collector.store.records.AgentLedger;
import whorl.collector.store.records.IndicatorLedger;
import whorl.collector.store.triage.GravestLedger;
import whorl.collector.timeline.index.SharedTimelines;
import whorl.collector.wiring.base.CustodyWiring;
import whorl.collector.wiring.base.Foundation;
import whorl.collector.wiring.base.RecordMetrics;
import whorl.evidence.Id;
import whorl.evidence.Json;
import whorl.evidence.Level;

/**
 * Findings of evidence, and reports of them.
 *
 * @param earlierReports finds the gravest findings of reports from before these were kept
 */
public record FindingWiring(Reports reports, EarlierReports earlierReports) {

  /**
   * Opens the parts; reports are computed from {@link #start} on.
   *
   * @param notifier is called with each report
   */
  public static FindingWiring open(
      Foundation base, TimelineWiring timelines, AlertWiring alerts, Notifier notifier) {
    ReportWork work = base.sharing().reportWork(base.database());
    IndicatorLedger indicators = new IndicatorLedger(base.database());
    Reports reports =
        new Reports(
            timelines.timeline(),
            timelines.index(),
            base.store(),
            base.folder(),
            Disk.LOCAL,
            indicators,
            alerts.ledger(),
            new AgentLedger(base.database()),
            sharing(base.objects().objects(), timelines.shared(), work));
    base.closeFirst(reports);
    GravestLedger gravest = new GravestLedger(base.database());
    reports.onKept(
        (evidence, finding, held) ->
            gravest.put(evidence, levelOf(finding), finding == null ? null : finding.title()));
    EarlierReports earlierReports = new EarlierReports(reports, gravest);
    base.closeFirst(earlierReports);
    timelines.index().onReady(reports::indexed);
    reports.setListener(notifier::reported);
    alerts.follow(reports);
    register(base.metrics(), work, indicators);
    return new FindingWiring(reports, earlierReports);
  }

  /** Reports of several collectors; null for a collector that is alone. */
  private static Reports.@Nullable Sharing sharing(
      @Nullable ObjectStore objects,
      @Nullable SharedTimelines timelines,
      @Nullable ReportWork work) {
    return timelines == null || objects == null || work == null
        ? null
        : new Reports.Sharing(new SharedReports(objects, timelines::build), work);
  }

  private static @Nullable Level levelOf(@Nullable Finding finding) {
    return finding == null ? null : Level.of(finding.severity().word());
  }

  /** Starts with evidence that has no report yet. */
  public void start() throws IOException {
    reports.start();
    earlierReports.start();
  }

  /** Called when evidence is purged. */
  public PurgeListener purgeListener() {
    return (evidence, why) -> reports.forget(evidence);
  }

  /** The routes of findings, and of reports to hand on. */
  public List<Route> routes(
      Foundation base,
      CustodyWiring custody,
      FleetWiring fleet,
      TimelineWiring timelines,
      ReceiveWiring receive) {
    List<Route> routes =
        new ArrayList<>(
            new FindingRoutes(
                    base.store(),
                    timelines.index(),
                    new FindingRoutes.Findings(reports::of, this::stix),
                    custody.exports())
                .routes());
    Verification verification =
        new Verification(
            base.store(),
            custody.log(),
            custody.publisher(),
            fleet.chains().ledger(),
            base.clock());
    routes.addAll(
        new ReportRoutes(
                base.store(),
                timelines.timeline(),
                timelines.index(),
                reports,
                custody.log(),
                verification,
                custody.exports(),
                base.clock(),
                timelines.marks(),
                receive.bags()::opened)
            .routes());
    return routes;
  }

  private byte @Nullable [] stix(Scope reader, Id evidence) throws IOException {
    Map<String, Object> bundle = reports.stix(reader, evidence);
    return bundle == null ? null : Json.bytes(bundle);
  }

  private static void register(
      Metrics metrics, @Nullable ReportWork work, IndicatorLedger indicators) {
    metrics.counter(
        "whorl_indicators_forgotten_total",
        "Values of evidence forgotten for newer ones; searches do not find them any more.",
        indicators::evicted);
    if (work != null) {
      metrics.gauge(
          "whorl_findings_waiting",
          "Reports that wait or are computed, at all collectors.",
          () -> RecordMetrics.orMinusOne(work::waiting));
    }
  }
}
