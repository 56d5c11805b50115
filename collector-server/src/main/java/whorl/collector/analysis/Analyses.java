package whorl.collector.analysis;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import whorl.collector.store.EvidenceRecord;
import whorl.collector.store.EvidenceStore;
import whorl.collector.store.Indicator;
import whorl.collector.timeline.IndexStatus;
import whorl.collector.timeline.Timeline;

/** Asks every question there is of one piece of evidence. The same rows give the same report. */
final class Analyses {
  /** Of what is found and how it is put; a report of another one is made anew. */
  static final int VERSION = 5;

  private static final int FINDINGS_MAX = 200;
  private static final int CHAIN_MAX = 200;

  private static final List<Analysis> ALL =
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

  /** What the analyses look at. */
  static AnalysisContext context(
      Timeline timeline, EvidenceStore store, EvidenceRecord evidence, IndexStatus index)
      throws IOException {
    Trail trail = TrailReader.read(timeline, evidence);
    return new AnalysisContext(
        evidence,
        index,
        timeline,
        trail,
        Jars.of(trail, timeline, store, evidence),
        ProcessFile.read(store, evidence),
        Sequence.gap(store, evidence));
  }

  /**
   * What is in one piece of evidence.
   *
   * @param report without what others saw
   * @param seen by what it could be recognised in others
   */
  record Answers(Report report, List<Indicator> seen) {}

  /** Asks all of them in one pass over the rows. */
  static Answers answers(AnalysisContext context) throws IOException {
    RowDispatcher rowDispatcher = new RowDispatcher();
    List<Analysis.Conclusion> conclusions = new ArrayList<>();
    for (Analysis analysis : ALL) {
      conclusions.add(analysis.look(context, rowDispatcher));
    }
    Indicators ofRows = Indicators.of(rowDispatcher);
    rowDispatcher.read(context.timeline(), context.evidence().id());
    List<Analysis.Found> found = new ArrayList<>();
    for (Analysis.Conclusion conclusion : conclusions) {
      found.addAll(conclusion.found());
    }
    Report report = report(context, found);
    return new Answers(report, Indicators.seen(context, report.findings(), ofRows));
  }

  private static Report report(AnalysisContext context, List<Analysis.Found> all) {
    List<Finding> findings = new ArrayList<>();
    List<Step> steps = new ArrayList<>();
    for (Analysis.Found found : all) {
      findings.add(found.finding());
      steps.addAll(found.steps());
    }
    findings.sort(
        Comparator.comparing(Finding::severity)
            .thenComparing(Finding::from, Comparator.nullsLast(Comparator.naturalOrder()))
            .thenComparing(Finding::id));
    List<Finding> kept = kept(findings);
    List<Step> chain = chain(steps);
    return new Report(
        context.evidence().id(),
        Unexamined.unread(context.evidence(), context.index()),
        Summary.of(context, kept, chain),
        List.copyOf(kept),
        chain,
        List.of());
  }

  /** The gravest; and what could not be seen, however much else there is. */
  private static List<Finding> kept(List<Finding> findings) {
    List<Finding> kept = new ArrayList<>();
    for (Finding finding : findings) {
      if (kept.size() < FINDINGS_MAX || finding.analysis().equals(Unexamined.NAME)) {
        kept.add(finding);
      }
    }
    return kept;
  }

  /** The steps in the order of time, each row once. */
  private static List<Step> chain(List<Step> steps) {
    Map<String, Step> byRow = new LinkedHashMap<>();
    for (Step step : steps) {
      // two analyses may tell of one row: who comes first knows it better
      byRow.putIfAbsent(step.row(), step);
    }
    return byRow.values().stream()
        .sorted(Comparator.comparing(Step::time).thenComparing(Analyses::number))
        .limit(CHAIN_MAX)
        .toList();
  }

  private static long number(Step step) {
    return Long.parseLong(step.row().substring(step.row().lastIndexOf(':') + 1));
  }
}
