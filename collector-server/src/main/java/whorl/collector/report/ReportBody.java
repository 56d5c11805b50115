package whorl.collector.report;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import whorl.collector.analysis.findings.Finding;
import whorl.collector.analysis.findings.SharedIndicator;
import whorl.collector.analysis.findings.Step;
import whorl.collector.analysis.findings.Subject;
import whorl.collector.analysis.rows.Phrases;
import whorl.collector.custody.verify.ImportedHistory;
import whorl.collector.custody.verify.VerificationReport;
import whorl.collector.report.ReportDocument.Fact;
import whorl.collector.store.objects.EvidenceRecord;
import whorl.collector.store.objects.StoredArtifact;
import whorl.collector.timeline.Column;
import whorl.collector.timeline.Row;
import whorl.collector.timeline.RowMarks;
import whorl.evidence.Alert;
import whorl.evidence.ArtifactName;
import whorl.evidence.CustodyEntry;
import whorl.evidence.Text;

/** The sections of a report, in the order in which a reader needs them. */
final class ReportBody {
  /** The rows of a finding that are shown with their text. */
  static final int ROWS_OF_FINDING = 5;

  /** The marked rows that are shown. */
  static final int MARKED_ROWS = 200;

  private static final int LINES_MAX = 200;
  private static final int FIRST_ENTRIES = 20;
  private static final int LAST_ENTRIES = 100;
  private static final int ARTIFACTS_MAX = 500;
  private static final int SUBJECT_CHARS = 300;

  private final EvidenceReport report;
  private final EvidenceRecord record;
  private final ReportDocument document;

  private ReportBody(EvidenceReport report, ReportDocument document) {
    this.report = report;
    this.record = report.record();
    this.document = document;
  }

  /** The whole report as a document. */
  static String write(EvidenceReport report, ReportDocument document) {
    ReportBody body = new ReportBody(report, document);
    body.head();
    body.summary();
    body.chain();
    body.findings();
    body.marks();
    body.scope();
    body.verification();
    body.custody();
    body.artifacts();
    body.about();
    return document.end();
  }

  private void head() {
    Alert alert = record.alert();
    List<Finding> findings = report.findings().findings();
    boolean isGrave = !findings.isEmpty() && record.recipient() == null;
    document.title(
        "Evidence of "
            + Phrases.cut(record.service(), 80)
            + (isGrave ? ": " + Phrases.cut(findings.get(0).title(), 200) : ""));
    List<Fact> facts = new ArrayList<>();
    if (isGrave) {
      facts.add(new Fact("Gravest finding", findings.get(0).severity().word()));
    }
    facts.add(new Fact("Evidence", record.id().value()));
    facts.add(new Fact("Service", record.service()));
    facts.add(new Fact("JVM", "agent " + record.agent()));
    facts.add(
        alert == null
            ? new Fact("Requested", record.reason())
            : new Fact(
                "Captured for",
                alert.title()
                    + " ("
                    + alert.level().word()
                    + ", rule "
                    + alert.rule()
                    + ") at "
                    + Phrases.at(report.index().byCollectorsClock(alert.time()))));
    facts.add(new Fact("Sealed", Phrases.at(record.sealedAt()) + ", " + record.state().word()));
    String recipient = record.recipient();
    if (recipient != null) {
      facts.add(new Fact("Encrypted to", recipient));
    }
    facts.add(new Fact("Manifest", manifest()));
    document.facts(facts);
  }

  private String manifest() {
    StoredArtifact manifest = record.artifact(ArtifactName.MANIFEST);
    return manifest == null
        ? "none: the agent was gone before it wrote one"
        : "SHA-256 " + manifest.sha256();
  }

  private void summary() {
    document.section("Summary");
    document.paragraph(report.findings().summary());
    List<String> notExamined = report.findings().notExamined();
    if (!notExamined.isEmpty()) {
      document.section("Not examined");
      document.paragraph(
          "What follows could not be examined. That nothing was found in it says nothing.");
      items(notExamined);
    }
  }

  private void items(List<String> all) {
    List<String> some = new ArrayList<>(all.subList(0, Math.min(all.size(), LINES_MAX)));
    if (all.size() > some.size()) {
      some.add("and " + (all.size() - some.size()) + " more");
    }
    document.items(some);
  }

  private void chain() {
    List<Step> chain = report.findings().chain();
    if (chain.isEmpty()) {
      return;
    }
    document.section("What happened");
    document.table(
        List.of("Time", "What", "Tactic", "Row"),
        chain.stream()
            .map(
                step ->
                    List.of(
                        Phrases.at(step.time()),
                        step.what(),
                        step.tactic().word(),
                        rowNumber(step.row())))
            .toList());
  }

  private void findings() {
    document.section("Findings");
    List<Finding> findings = report.findings().findings();
    if (findings.isEmpty()) {
      document.paragraph(
          report.findings().notExamined().isEmpty()
              ? "The analyses found nothing."
              : "The analyses found nothing in what could be examined.");
    }
    findings.forEach(this::finding);
  }

  /** What responders noted, by the rows that they noted it on. */
  private void marks() {
    if (report.markedRows() == 0) {
      return;
    }
    document.section("Noted by responders");
    document.table(
        List.of("Time", "What", "Noted", "Row"),
        report.marked().stream()
            .map(
                row ->
                    List.of(
                        Phrases.at(row.time()),
                        described(row),
                        noted(row.marks()),
                        Long.toString(row.number())))
            .toList());
    int more = report.markedRows() - report.marked().size();
    if (more > 0) {
      document.note("and " + more + " more rows, which the timeline lists with the filter Marked");
    }
  }

  private static String described(Row row) {
    String message = row.text(Column.MESSAGE);
    return row.action() + (message == null ? "" : ": " + Phrases.cut(message, SUBJECT_CHARS));
  }

  private static String noted(@Nullable RowMarks marks) {
    if (marks == null) {
      return "";
    }
    List<String> parts = new ArrayList<>();
    if (marks.star()) {
      parts.add("★");
    }
    if (!marks.tags().isEmpty()) {
      parts.add("[" + String.join(", ", marks.tags()) + "]");
    }
    marks.notes().forEach(note -> parts.add(note.by() + ": " + note.text()));
    return String.join(" ", parts);
  }

  private void finding(Finding finding) {
    document.finding(finding.severity().word(), finding.title());
    document.paragraph(finding.text());
    List<String> notes = new ArrayList<>();
    Instant from = finding.from();
    if (from != null) {
      Instant to = finding.to();
      notes.add(
          to == null || to.equals(from)
              ? Phrases.at(from)
              : Phrases.at(from) + " to " + Phrases.at(to));
    }
    if (!finding.techniques().isEmpty()) {
      notes.add(
          finding.techniques().stream()
              .map(technique -> technique.id() + " " + technique.fullName())
              .collect(Collectors.joining(", ")));
    }
    if (!notes.isEmpty()) {
      document.note(String.join("; ", notes));
    }
    List<String> lines = new ArrayList<>();
    for (Subject subject : finding.subjects()) {
      lines.add(subject.kind().word() + ": " + Phrases.cut(subject.value(), SUBJECT_CHARS));
    }
    List<String> rows = finding.rows();
    for (String row : rows.subList(0, Math.min(rows.size(), ROWS_OF_FINDING))) {
      String text = report.rows().get(number(row));
      lines.add("row " + rowNumber(row) + (text == null ? "" : ": " + text));
    }
    if (rows.size() > ROWS_OF_FINDING) {
      lines.add("and " + (rows.size() - ROWS_OF_FINDING) + " more rows");
    }
    items(lines);
  }

  private static String rowNumber(String row) {
    return row.substring(row.lastIndexOf(':') + 1);
  }

  /** The number of a row; -1 for one that has none. */
  static long number(String row) {
    try {
      return Long.parseLong(rowNumber(row));
    } catch (NumberFormatException e) {
      return -1;
    }
  }

  private void scope() {
    document.section("Seen elsewhere");
    List<String> lines = new ArrayList<>();
    for (SharedIndicator indicator : report.findings().scope()) {
      Set<String> places = new LinkedHashSet<>();
      for (SharedIndicator.Elsewhere place : indicator.elsewhere()) {
        places.add(place(place));
      }
      if (!places.isEmpty()) {
        lines.add(
            indicator.kind()
                + " "
                + Phrases.cut(indicator.value(), SUBJECT_CHARS)
                + ": "
                + Phrases.list(places));
      }
    }
    if (lines.isEmpty()) {
      document.paragraph(
          "Nothing of this is known of other JVMs, of those that the maker of this report may"
              + " see.");
    }
    items(lines);
  }

  private static String place(SharedIndicator.Elsewhere place) {
    String service = place.service();
    String pod = place.pod();
    return (service == null ? "an unknown service" : Phrases.cut(service, 80))
        + (pod == null ? "" : ", pod " + Phrases.cut(pod, 80))
        + (place.agent() == null ? "" : ", agent " + place.agent())
        + ", from "
        + Phrases.at(place.firstSeen());
  }

  private void verification() {
    document.section("Verification");
    VerificationReport verification = report.verification();
    if (verification == null) {
      document.paragraph(
          "Not verified for this report, because the evidence has "
              + (record.totalBytes() >> 20)
              + " MiB; verify it with `whorl verify` or at the collector.");
      return;
    }
    document.paragraph(
        verification.verified()
            ? "Verified at "
                + Phrases.at(verification.checkedAt())
                + ": the digests of "
                + Text.counted(verification.artifacts(), "artifact")
                + ", the manifest, and custody are as recorded."
            : "NOT verified at "
                + Phrases.at(verification.checkedAt())
                + ": do not rely on what this report says before the problems are explained.");
    items(verification.problems().stream().map(problem -> "Problem: " + problem).toList());
    document.paragraph(signature());
    items(verification.notes());
  }

  private String signature() {
    String key = record.signature().keyId();
    if (!record.signature().verified()) {
      return "The manifest has no valid signature of an agent.";
    }
    return "The manifest is signed with the agent's key "
        + key
        + (Boolean.TRUE.equals(record.signature().enrolled())
            ? ", which is enrolled here."
            : ", which is not enrolled here: who holds it is not proved.");
  }

  private void custody() {
    for (ImportedHistory history : report.earlier()) {
      if (history.imported().folder() == null) {
        continue; // no collector had it before
      }
      document.section("Custody before the import");
      String key = history.imported().logKey();
      document.paragraph(
          "At another collector"
              + (key == null ? "" : ", whose log has the key " + key)
              + ". Imported from a bag with SHA-256 "
              + history.imported().bag()
              + "."
              + (history.unproven() == 0
                  ? ""
                  : " Left out: "
                      + Text.counted(history.unproven(), "entry of the bag")
                      + ", which nothing proves."));
      entries(history.entries());
    }
    document.section("Custody");
    entries(report.custody());
  }

  private void entries(List<CustodyEntry> entries) {
    int omitted = entries.size() - FIRST_ENTRIES - LAST_ENTRIES;
    List<List<String>> rows = new ArrayList<>();
    for (int i = 0; i < entries.size(); i++) {
      if (omitted > 0 && i == FIRST_ENTRIES) {
        rows.add(List.of("", omitted + " more entries", "", "the bag has all of them"));
      }
      if (omitted <= 0 || i < FIRST_ENTRIES || i >= FIRST_ENTRIES + omitted) {
        CustodyEntry entry = entries.get(i);
        rows.add(
            List.of(
                Phrases.at(entry.time()), entry.action(), entry.actor(), detail(entry.detail())));
      }
    }
    document.table(List.of("Time", "Action", "Who", "Detail"), rows);
  }

  private static String detail(Map<String, String> detail) {
    return detail.entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .map(each -> each.getKey() + "=" + Phrases.cut(each.getValue(), 200))
        .collect(Collectors.joining(", "));
  }

  private void artifacts() {
    document.section("Artifacts");
    List<StoredArtifact> artifacts = record.artifacts();
    document.table(
        List.of("Name", "Bytes", "SHA-256"),
        artifacts.stream()
            .limit(ARTIFACTS_MAX)
            .map(
                artifact ->
                    List.of(
                        artifact.name() + marks(artifact),
                        Long.toString(artifact.size()),
                        artifact.sha256().hex()))
            .toList());
    if (artifacts.size() > ARTIFACTS_MAX) {
      document.note(
          "and " + (artifacts.size() - ARTIFACTS_MAX) + " more, which manifest.json lists");
    }
  }

  private static String marks(StoredArtifact artifact) {
    return (artifact.derived() ? " (derived by the collector)" : "")
        + (artifact.incomplete() ? " (incomplete)" : "")
        + (artifact.unlisted() ? " (not in the manifest)" : "");
  }

  private void about() {
    document.section("About this report");
    @Nullable String version = ReportBody.class.getPackage().getImplementationVersion();
    document.paragraph(
        "Made at "
            + Phrases.at(report.madeAt())
            + " by "
            + report.madeBy()
            + " with Whorl"
            + (version == null ? "" : " " + version)
            + ". It is a rendering of evidence "
            + record.id()
            + ", and no evidence itself: the evidence is what the manifest lists (manifest.json: "
            + manifest()
            + "). The collector's bag has all of it, with its custody. Times are UTC.");
  }
}
