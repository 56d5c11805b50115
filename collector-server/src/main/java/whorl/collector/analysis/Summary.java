package whorl.collector.analysis;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import whorl.collector.analysis.findings.Finding;
import whorl.collector.analysis.findings.Step;
import whorl.collector.analysis.findings.Subject;
import whorl.collector.analysis.kinds.Severity;
import whorl.collector.analysis.questions.Unexamined;
import whorl.collector.analysis.rows.Phrases;
import whorl.collector.analysis.trail.AnalysisContext;
import whorl.collector.analysis.trail.Trail;
import whorl.collector.store.objects.EvidenceRecord;
import whorl.collector.timeline.IndexStatus;
import whorl.evidence.Alert;
import whorl.evidence.channel.CaptureState;

/** Writes the summary of a report: three to six sentences. */
final class Summary {
  private static final int NAMED_MAX = 3;
  private static final String ENTRY_TITLE = "Way in: ";
  private static final String USE_TITLE = "Use of ";

  /**
   * Sorts by severity; then requests before other entry points, entry points before the use of
   * added code, and earlier before later.
   */
  private static final Comparator<Finding> MOST_SEVERE_FIRST =
      Comparator.comparing(Finding::severity)
          .thenComparing(finding -> !isByRequest(finding))
          .thenComparing(finding -> finding.title().startsWith(USE_TITLE))
          .thenComparing(Finding::from, Comparator.nullsLast(Comparator.naturalOrder()));

  private Summary() {}

  /**
   * The gravest of the findings; of several that are as severe, the one that the summary names
   * first. Null if there is none.
   */
  static @Nullable Finding gravest(List<Finding> findings) {
    return findings.stream()
        .min(
            Comparator.comparing(Finding::severity)
                .thenComparing(finding -> !finding.analysis().equals("way-in"))
                .thenComparing(MOST_SEVERE_FIRST))
        .orElse(null);
  }

  static String of(AnalysisContext context, List<Finding> findings, List<Step> chain) {
    List<String> notExamined = Unexamined.unread(context);
    List<String> sentences = new ArrayList<>();
    if (context.evidence().recipient() != null) {
      return encrypted(context, findings);
    }
    if (!notExamined.isEmpty()) {
      sentences.add(notExamined(notExamined));
    }
    sentences.add(reason(context.evidence(), context.index()));
    List<Finding> entries =
        findings.stream()
            .filter(finding -> finding.analysis().equals("way-in"))
            .sorted(MOST_SEVERE_FIRST)
            .toList();
    if (!entries.isEmpty()) {
      sentences.add(entries(context.trail(), entries));
      sentences.add(actions(findings, chain, beginning(entries)));
    } else {
      sentences.add(noEntryPoint(findings, notExamined.isEmpty()));
    }
    String secrets = firstText(findings, "secrets", Severity.HIGH);
    if (secrets != null) {
      sentences.add(firstSentence(secrets));
    }
    sentences.add(persistence(findings, notExamined.isEmpty()));
    return String.join(" ", sentences);
  }

  private static String reason(EvidenceRecord evidence, IndexStatus index) {
    Alert alert = evidence.alert();
    String start = "This evidence of " + Phrases.cut(evidence.service(), 60) + " was ";
    String end = " and " + kept(evidence.state()) + " at " + Phrases.at(evidence.sealedAt()) + ".";
    return alert == null
        ? start + "requested by a person (" + Phrases.cut(evidence.reason(), 100) + ")" + end
        : start
            + "captured because at "
            + Phrases.at(index.byCollectorsClock(alert.time()))
            + " "
            + (alert.source().equals("whorl") ? "the rule" : Phrases.cut(alert.source(), 30))
            + " raised the alert \""
            + Phrases.cut(alert.title())
            + "\" ("
            + alert.level().word()
            + "),"
            + end;
  }

  private static String kept(CaptureState state) {
    return switch (state) {
      case SEALED -> "sealed";
      case PARTIAL -> "kept in part";
      default -> "kept without a valid seal";
    };
  }

  /** Describes the most severe entry point with its source addresses, and names the others. */
  private static String entries(Trail trail, List<Finding> entries) {
    Finding first = entries.get(0);
    List<String> sources =
        first.subjects().stream()
            .filter(subject -> subject.kind() == Subject.Kind.ADDRESS)
            .map(Subject::value)
            .toList();
    Instant time = first.from() == null ? trail.breakInTime() : first.from();
    StringBuilder text = new StringBuilder("The most severe way in began");
    if (time != null) {
      text.append(" at ").append(Phrases.at(time));
    }
    text.append(": ").append(entry(first));
    if (!sources.isEmpty()) {
      text.append(", by ").append(Phrases.list(sources));
    }
    if (entries.size() > 1) {
      text.append("; there was also ")
          .append(
              Phrases.list(
                  entries.subList(1, entries.size()).stream().map(Summary::entry).toList()));
    }
    return text.append('.').toString();
  }

  private static boolean isByRequest(Finding finding) {
    return finding.subjects().stream().anyMatch(subject -> subject.kind() == Subject.Kind.REQUEST);
  }

  /**
   * Returns when the first entry point began. Entry points outside requests count only if there is
   * no request.
   */
  private static @Nullable Instant beginning(List<Finding> entries) {
    boolean anyByRequest = entries.stream().anyMatch(Summary::isByRequest);
    return entries.stream()
        .filter(finding -> !anyByRequest || isByRequest(finding))
        .map(Finding::from)
        .filter(Objects::nonNull)
        .min(Comparator.naturalOrder())
        .orElse(null);
  }

  private static String entry(Finding finding) {
    String title = finding.title();
    return title.startsWith(ENTRY_TITLE) ? title.substring(ENTRY_TITLE.length()) : lower(title);
  }

  private static String noEntryPoint(List<Finding> findings, boolean complete) {
    Severity worst = findings.isEmpty() ? Severity.INFORMATIONAL : findings.get(0).severity();
    if (!worst.atLeast(Severity.MEDIUM)) {
      return (complete ? "Nothing in it" : "Nothing in the rest")
          + " looks like an attack"
          + (worst == Severity.LOW ? "; what was found is low and may be ordinary." : ".");
    }
    return (complete ? "No way in was found" : "No way in was found in the rest")
        + ", but of "
        + Phrases.count(
            findings.stream()
                .filter(finding -> finding.severity().atLeast(Severity.MEDIUM))
                .count(),
            "finding")
        + " the most severe is: "
        + findings.get(0).title()
        + ".";
  }

  /** Lists the intruder's actions, the first few of each analysis. */
  private static String actions(List<Finding> findings, List<Step> chain, @Nullable Instant began) {
    Set<String> actions = new LinkedHashSet<>();
    for (String analysis :
        List.of("code-loaded", "processes", "files-read", "files-written", "contacts")) {
      findings.stream()
          .filter(finding -> finding.analysis().equals(analysis))
          .filter(finding -> finding.severity().atLeast(Severity.MEDIUM))
          .limit(NAMED_MAX)
          .forEach(finding -> actions.add(lower(finding.title())));
    }
    if (actions.isEmpty()) {
      return "Nothing was run, written or contacted for it, as far as the events show.";
    }
    Instant first = chain.isEmpty() || began != null ? began : chain.get(0).time();
    Instant last = chain.isEmpty() ? null : chain.get(chain.size() - 1).time();
    String when =
        first == null || last == null
            ? ""
            : "Between " + Phrases.clock(first) + " and " + Phrases.clock(last) + " ";
    return Phrases.sentence(when + "the intruder did this: " + String.join("; ", actions) + ".");
  }

  private static String persistence(List<Finding> findings, boolean complete) {
    String persistent = titles(findings, "persistence");
    String tampered = titles(findings, "tampering");
    if (persistent.isEmpty() && tampered.isEmpty()) {
      return (complete ? "Nothing was found" : "In the rest nothing was found")
          + " that stays after a restart of the JVM or in its server, and nothing that was tampered"
          + " with.";
    }
    return (persistent.isEmpty() ? "Nothing was found that stays" : "What stays: " + persistent)
        + (tampered.isEmpty()
            ? "; nothing was tampered with."
            : "; tampered with: " + tampered + ".");
  }

  private static String titles(List<Finding> findings, String analysis) {
    return String.join(
        ", ",
        findings.stream()
            .filter(finding -> finding.analysis().equals(analysis))
            .filter(finding -> finding.severity().atLeast(Severity.MEDIUM))
            .limit(NAMED_MAX)
            .map(finding -> lower(finding.title()))
            .toList());
  }

  private static @Nullable String firstText(
      List<Finding> findings, String analysis, Severity least) {
    return findings.stream()
        .filter(finding -> finding.analysis().equals(analysis) && finding.severity().atLeast(least))
        .map(Finding::text)
        .findFirst()
        .orElse(null);
  }

  /**
   * Describes encrypted evidence, which this collector cannot read. No sentence may sound as if
   * there was no attack.
   */
  private static String encrypted(AnalysisContext context, List<Finding> findings) {
    EvidenceRecord evidence = context.evidence();
    String known =
        String.join(
            "; ",
            findings.stream()
                .filter(finding -> finding.severity().atLeast(Severity.MEDIUM))
                .limit(NAMED_MAX)
                .map(Finding::title)
                .toList());
    return "Nothing in the artifacts was examined: all are encrypted to "
        + Phrases.cut(String.valueOf(evidence.recipient()), 80)
        + ". Whether there was an attack, and what it did, cannot be said from here; decrypt them"
        + " with the identity of this recipient. "
        + reason(evidence, context.index())
        + (known.isEmpty() ? "" : " Known without them: " + known + ".");
  }

  private static String notExamined(List<String> artifacts) {
    return "Not examined: "
        + String.join("; ", artifacts.subList(0, Math.min(NAMED_MAX, artifacts.size())))
        + (artifacts.size() > NAMED_MAX ? " and " + (artifacts.size() - NAMED_MAX) + " more" : "")
        + ".";
  }

  /** Returns the first sentence. A full stop within a name does not end it. */
  private static String firstSentence(String text) {
    int end = text.indexOf(". ");
    return end < 0 ? text : text.substring(0, end + 1);
  }

  private static String lower(String title) {
    return title.isEmpty() ? title : Character.toLowerCase(title.charAt(0)) + title.substring(1);
  }
}
