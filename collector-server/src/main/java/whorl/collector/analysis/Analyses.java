package whorl.collector.analysis;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import whorl.collector.analysis.findings.Finding;
import whorl.collector.analysis.findings.Report;
import whorl.collector.analysis.findings.ReportedFinding;
import whorl.collector.analysis.findings.Step;
import whorl.collector.analysis.questions.AlertsRaised;
import whorl.collector.analysis.questions.Analysis;
import whorl.collector.analysis.questions.CodeLoaded;
import whorl.collector.analysis.questions.FilesRead;
import whorl.collector.analysis.questions.FilesWritten;
import whorl.collector.analysis.questions.Persistence;
import whorl.collector.analysis.questions.ProcessesRun;
import whorl.collector.analysis.questions.RemoteContacts;
import whorl.collector.analysis.questions.SecretsWithinReach;
import whorl.collector.analysis.questions.Tampering;
import whorl.collector.analysis.questions.Unexamined;
import whorl.collector.analysis.questions.WayIn;
import whorl.collector.analysis.rows.RowDispatcher;
import whorl.collector.analysis.rows.RowView;
import whorl.collector.analysis.trail.AnalysisContext;
import whorl.collector.analysis.trail.Trail;
import whorl.collector.analysis.trail.TrailReader;
import whorl.collector.store.objects.EvidenceRecord;
import whorl.collector.store.objects.EvidenceStore;
import whorl.collector.store.records.Indicator;
import whorl.collector.timeline.IndexStatus;
import whorl.collector.timeline.Timeline;
import whorl.evidence.Id;

/** Runs all analyses on one piece of evidence. The same rows give the same report. */
final class Analyses {
  /** The version of the analyses and their texts. Reports of another version are computed again. */
  static final int VERSION = 8;

  private static final int FINDINGS_MAX = 200;
  private static final int CHAIN_MAX = 200;
  private static final int ALERTS_MAX = 1_000;

  private static final List<Analysis> ANALYSES =
      List.of(
          new WayIn(),
          new AlertsRaised(),
          new ProcessesRun(),
          new FilesRead(),
          new FilesWritten(),
          new CodeLoaded(),
          new RemoteContacts(),
          new Persistence(),
          new SecretsWithinReach(),
          new Tampering(),
          new Unexamined());

  private Analyses() {}

  /** Collects the input of the analyses. */
  static AnalysisContext context(
      Timeline timeline, EvidenceStore store, EvidenceRecord evidence, IndexStatus index)
      throws IOException {
    Trail trail = TrailReader.read(timeline, evidence);
    return AnalysisContext.of(timeline, trail, store, evidence, index);
  }

  /**
   * The result for one piece of evidence.
   *
   * @param report the report, without the scope
   * @param indicators values by which other evidence can be matched
   * @param alerts the alerts that the evidence holds, at most a thousand
   */
  record ReportAndIndicators(Report report, List<Indicator> indicators, List<Id> alerts) {}

  /** Runs all analyses in one pass over the rows. */
  static ReportAndIndicators run(AnalysisContext context) throws IOException {
    RowDispatcher rowDispatcher = new RowDispatcher();
    List<Analysis.Conclusion> conclusions = new ArrayList<>();
    for (Analysis analysis : ANALYSES) {
      conclusions.add(analysis.subscribe(context, rowDispatcher));
    }
    Indicators rowIndicators = Indicators.of(rowDispatcher);
    Set<Id> alerts = new LinkedHashSet<>();
    rowDispatcher.subscribe(List.of("whorl.Alert", "alert.raised"), row -> add(row, alerts));
    rowDispatcher.read(context.timeline(), context.evidence().id());
    List<ReportedFinding> results = new ArrayList<>();
    for (Analysis.Conclusion conclusion : conclusions) {
      results.addAll(conclusion.results());
    }
    Report report = report(context, results);
    return new ReportAndIndicators(
        report,
        Indicators.searchable(context, report.findings(), rowIndicators),
        List.copyOf(alerts));
  }

  private static void add(RowView row, Set<Id> alerts) {
    String id = row.field("id");
    if (id != null && Id.isId(id) && alerts.size() < ALERTS_MAX) {
      alerts.add(new Id(id));
    }
  }

  private static Report report(AnalysisContext context, List<ReportedFinding> results) {
    List<Finding> findings = new ArrayList<>();
    List<Step> steps = new ArrayList<>();
    for (ReportedFinding result : results) {
      findings.add(result.finding());
      steps.addAll(result.steps());
    }
    findings.sort(
        Comparator.comparing(Finding::severity)
            .thenComparing(Finding::from, Comparator.nullsLast(Comparator.naturalOrder()))
            .thenComparing(Finding::id));
    List<Finding> kept = mostSevere(findings);
    List<Step> chain = chain(steps);
    return new Report(
        context.evidence().id(),
        Unexamined.unread(context),
        Summary.of(context, kept, chain),
        List.copyOf(kept),
        chain,
        List.of());
  }

  /** Keeps the most severe findings, and all findings about what was not examined. */
  private static List<Finding> mostSevere(List<Finding> findings) {
    List<Finding> kept = new ArrayList<>();
    for (Finding finding : findings) {
      if (kept.size() < FINDINGS_MAX || finding.analysis().equals(Unexamined.NAME)) {
        kept.add(finding);
      }
    }
    return kept;
  }

  /** Sorts the steps by time. Each row appears once. */
  private static List<Step> chain(List<Step> steps) {
    Map<String, Step> byRow = new LinkedHashMap<>();
    for (Step step : steps) {
      // Two analyses may report the same row; the earlier analysis in the list describes it better.
      byRow.putIfAbsent(step.row(), step);
    }
    return byRow.values().stream()
        .sorted(Comparator.comparing(Step::time).thenComparing(Analyses::rowNumber))
        .limit(CHAIN_MAX)
        .toList();
  }

  private static long rowNumber(Step step) {
    return Long.parseLong(step.row().substring(step.row().lastIndexOf(':') + 1));
  }
}
