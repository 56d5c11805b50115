package whorl.collector.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import whorl.collector.analysis.findings.Finding;
import whorl.collector.analysis.findings.Report;
import whorl.collector.analysis.findings.SharedIndicator;
import whorl.collector.analysis.findings.Step;
import whorl.collector.analysis.findings.Subject;
import whorl.collector.analysis.kinds.Severity;
import whorl.collector.analysis.kinds.Tactic;
import whorl.collector.analysis.kinds.Technique;
import whorl.collector.custody.log.ImportEntry;
import whorl.collector.custody.verify.ImportedHistory;
import whorl.collector.custody.verify.VerificationReport;
import whorl.collector.store.objects.EvidenceRecord;
import whorl.collector.store.objects.SignatureOutcome;
import whorl.collector.store.objects.StoredArtifact;
import whorl.collector.timeline.Column;
import whorl.collector.timeline.IndexStatus;
import whorl.collector.timeline.Row;
import whorl.collector.timeline.RowMarks;
import whorl.evidence.Alert;
import whorl.evidence.ArtifactName;
import whorl.evidence.CustodyEntry;
import whorl.evidence.Digest;
import whorl.evidence.Id;
import whorl.evidence.Level;
import whorl.evidence.channel.CaptureState;

/** Reports with hostile names in every place where evidence can put one. */
class ReportDocumentTest {
  private static final Instant AT = Instant.parse("2026-11-25T09:36:00Z");
  private static final Id EVIDENCE = new Id("evidence-0001");
  private static final Digest MANIFEST = Digest.of(new byte[] {1});
  private static final String HOSTILE =
      "</p><script>alert(1)</script>\"'&![x](http://evil.test/a.png) <b>*bold* | cell |"
          + " `code` @admin #12 www.evil.test\n# heading\u202Egnp.exe";

  @Test
  void rowsThatPeopleMarked_areListedWithWhatTheyNoted() {
    String markdown = ReportBody.write(report("plain", true), new MarkdownDocument());

    assertThat(markdown)
        .contains(
            "Noted by responders",
            "whorl.FileOpen: the marked row plain",
            "★ \\[tag plain\\] alice: the note plain",
            "and 2 more rows");
  }

  @Test
  void alert_isAtItsTimeByTheCollectorsClock() {
    EvidenceReport report = report("plain", true);
    EvidenceRecord record = report.record();
    Alert alert =
        new Alert(
            new Id("alert-0001"),
            "whorl",
            AT.plus(Duration.ofDays(1)).minusSeconds(5),
            "rule-1",
            Level.HIGH,
            "Shell Started",
            null,
            List.of(),
            Map.of(),
            null,
            List.of());
    EvidenceReport ofAlert =
        new EvidenceReport(
            new EvidenceRecord(
                record.version(),
                record.id(),
                record.capture(),
                record.agent(),
                record.service(),
                alert,
                record.reason(),
                null,
                record.state(),
                record.sealedAt(),
                record.artifacts(),
                record.signature(),
                record.problems(),
                null,
                record.missing()),
            report.index(),
            report.findings(),
            report.rows(),
            report.marked(),
            report.markedRows(),
            report.custody(),
            report.earlier(),
            report.verification(),
            report.madeBy(),
            report.madeAt());

    assertThat(ReportBody.write(ofAlert, new MarkdownDocument()))
        .contains("Shell Started \\(high, rule rule-1\\) at 2026-11-25 09:35:55.000 UTC");
  }

  @Test
  void html_hasNoMarkupOfTheEvidence() {
    String html = ReportBody.write(report(HOSTILE, true), new HtmlDocument());

    assertThat(html)
        .doesNotContain("<script", "<b>", "<img", "\u202E")
        .contains("&lt;script&gt;alert(1)&lt;/script&gt;", "&lt;U+202E&gt;gnp.exe");
    assertThat(html).doesNotContainPattern("<[a-z]+ [^>]*( on[a-z]+=|href=|src=)");
    assertThat(elements(html))
        .containsOnly(
            "!doctype",
            "html",
            "head",
            "meta",
            "title",
            "style",
            "body",
            "main",
            "h1",
            "h2",
            "h3",
            "p",
            "dl",
            "dt",
            "dd",
            "ul",
            "li",
            "div",
            "table",
            "thead",
            "tbody",
            "tr",
            "th",
            "td",
            "span");
  }

  /** The names of all tags that begin an element. */
  private static List<String> elements(String html) {
    return Pattern.compile("<([!a-z][a-z0-9]*)")
        .matcher(html)
        .results()
        .map(found -> found.group(1))
        .distinct()
        .toList();
  }

  @Test
  void html_permitsItsOwnStyleOnly() {
    String html = ReportBody.write(report("calm", true), new HtmlDocument());

    Matcher style = Pattern.compile("(?s)<style>(.*?)</style>").matcher(html);
    assertThat(style.find()).isTrue();
    byte[] css = style.group(1).getBytes(StandardCharsets.UTF_8);
    String digest =
        Base64.getEncoder().encodeToString(HexFormat.of().parseHex(Digest.of(css).hex()));
    assertThat(html)
        .contains(
            "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src"
                + " 'sha256-"
                + digest
                + "'")
        .contains("@page", "@media print");
    assertThat(html.indexOf("Content-Security-Policy")).isLessThan(html.indexOf("<style>"));
  }

  @Test
  void markdown_hasNoMarkupOfTheEvidence() {
    String markdown = ReportBody.write(report(HOSTILE, true), new MarkdownDocument());

    assertThat(markdown)
        .doesNotContain("<script>", "![x]", "](http", "http://", " *bold*", " `code`", "\u202E")
        .doesNotContainPattern("(?m)^# heading")
        .contains("\\<script\\>", "http`:`//evil.test", "\\*bold\\*", "\\`code\\`", "`@`admin");
    for (String line : markdown.lines().filter(each -> each.startsWith("|")).toList()) {
      long bars = line.replace("\\|", "").chars().filter(c -> c == '|').count();
      assertThat(bars).as(line).isIn(4L, 5L);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "a@b; a`@`b",
        "@@x; `@@`x",
        "see #12; see `#`12",
        "# no; \\# no",
        "https://x; https`:`//x",
        "WWW.x; WWW`.`x",
        "a|b; a\\|b",
        "C:\\x; C:\\\\x",
        "<i>; \\<i\\>",
        "a & b; a \\& b",
      })
  void markdown_escapes(String text, String escaped) {
    assertThat(MarkdownDocument.escaped(text)).isEqualTo(escaped);
  }

  @Test
  void markdown_textThatBeginsALine_isNoList() {
    MarkdownDocument document = new MarkdownDocument();
    document.paragraph("- not an item");
    document.paragraph("1. not numbered");
    document.paragraph("    not code");
    document.items(List.of("+ plus", "---"));

    assertThat(document.end())
        .isEqualTo("\\- not an item\n\n1\\. not numbered\n\nnot code\n\n- \\+ plus\n- \\---\n\n");
  }

  @Test
  void report_saysWhatAReaderNeeds() {
    String markdown = ReportBody.write(report("calm", true), new MarkdownDocument());

    assertThat(markdown)
        .containsSubsequence(
            "# Evidence of shop: A shell was started",
            "**Gravest finding:** critical",
            "SHA-256 " + MANIFEST,
            "## Summary",
            "the summary calm",
            "## Not examined",
            "heap: calm",
            "## What happened",
            "started a shell calm",
            "## Findings",
            "### CRITICAL: A shell was started calm",
            "T1059.004 Unix Shell",
            "row 7: the text of row seven calm",
            "## Seen elsewhere",
            "## Verification",
            "Verified at 2026-11-25 09:36:00.000 UTC",
            "which is not enrolled here",
            "## Custody before the import",
            "At another collector, whose log has the key calm",
            "## Custody",
            "| 2026-11-25 09:36:00.000 UTC | sealed | collector |",
            "## Artifacts",
            "| manifest.json | 1 | " + MANIFEST + " |",
            "It is a rendering of evidence evidence-0001, and no evidence itself");
  }

  @Test
  void unverifiedEvidence_saysSoInCapitals() {
    VerificationReport wrong =
        new VerificationReport(
            "x", AT, false, 1, 2, 3, List.of("threads.txt: sha-256 is other"), List.of());
    String markdown = ReportBody.write(report("calm", true, wrong, null), new MarkdownDocument());

    assertThat(markdown).contains("NOT verified at", "Problem: threads.txt: sha-256 is other");
  }

  @Test
  void encryptedEvidence_isNeverCalledHarmless() {
    String markdown =
        ReportBody.write(report("calm", false, null, "age1reader"), new MarkdownDocument());

    assertThat(markdown)
        .contains("**Encrypted to:** age1reader", "## Not examined", "says nothing")
        .contains("The analyses found nothing in what could be examined.")
        .doesNotContain("found nothing.\n");
  }

  @Test
  void largeEvidence_isBounded() {
    EvidenceReport report = report("x".repeat(100_000), true);

    assertThat(ReportBody.write(report, new HtmlDocument()).length()).isLessThan(200_000);
  }

  private static EvidenceReport report(String text, boolean found) {
    return report(
        text,
        found,
        new VerificationReport("x", AT, true, 1, 2, 3, List.of(), List.of("a note " + text)),
        null);
  }

  private static EvidenceReport report(
      String text,
      boolean found,
      @Nullable VerificationReport verification,
      @Nullable String recipient) {
    Finding finding =
        new Finding(
            "shell-1",
            "processes",
            Severity.CRITICAL,
            "A shell was started " + text,
            "It was started by " + text,
            List.of(Technique.UNIX_SHELL),
            List.of(Tactic.EXECUTION),
            AT,
            AT,
            List.of(EVIDENCE + ":7"),
            List.of(new Subject(Subject.Kind.PROCESS, "sh -c " + text)));
    Report findings =
        new Report(
            EVIDENCE,
            List.of("heap: " + text),
            "the summary " + text,
            found ? List.of(finding) : List.of(),
            List.of(new Step(AT, "started a shell " + text, EVIDENCE + ":7", Tactic.EXECUTION)),
            List.of(
                new SharedIndicator(
                    "host",
                    text,
                    List.of(
                        new SharedIndicator.Elsewhere(
                            "agent-0002", text, text, "evidence-0002", null, AT, AT)))));
    EvidenceRecord record =
        new EvidenceRecord(
            EvidenceRecord.VERSION,
            EVIDENCE,
            new Id("capture-0001"),
            new Id("agent-00001"),
            text.equals("calm") ? "shop" : text,
            null,
            "asked for by " + text,
            recipient,
            CaptureState.SEALED,
            AT,
            List.of(StoredArtifact.arrived(ArtifactName.MANIFEST, 1, MANIFEST, "application/json")),
            new SignatureOutcome(true, "ab12", false),
            List.of(),
            null,
            List.of());
    CustodyEntry entry =
        CustodyEntry.chained(
            0, AT, "sealed", EVIDENCE, "collector", Map.of("problem", text), null, null);
    return new EvidenceReport(
        record,
        new IndexStatus(
            IndexStatus.VERSION, IndexStatus.State.READY, 1, 9, -86_400_000L, null, List.of()),
        findings,
        Map.of(7L, "the text of row seven " + text),
        List.of(
            Row.of(
                    Map.of(
                        Column.TIME,
                        AT.toEpochMilli() * 1_000_000,
                        Column.ROW,
                        8L,
                        Column.EVIDENCE,
                        record.id().value(),
                        Column.ACTION,
                        "whorl.FileOpen",
                        Column.MESSAGE,
                        "the marked row " + text))
                .with(
                    new RowMarks(
                        true,
                        List.of("tag " + text),
                        List.of(new RowMarks.Note("alice", "the note " + text))))),
        3,
        List.of(entry),
        List.of(
            new ImportedHistory(
                new ImportEntry(AT, "token x", "ab", text, "earlier-1", text, null, null),
                List.of(entry),
                1)),
        verification,
        "token " + text,
        AT);
  }
}
