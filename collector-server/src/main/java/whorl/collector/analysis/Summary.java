package whorl.collector.analysis;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import whorl.collector.store.EvidenceRecord;
import whorl.evidence.Alert;

/** The three to six sentences that somebody reads first. */
final class Summary {
  private static final int NAMED_MAX = 3;
  private static final String WAY = "Way in: ";
  private static final String USE = "Use of ";

  /** Of the same gravity those of requests, what brought something in before its use, by time. */
  private static final Comparator<Finding> GRAVEST_FIRST =
      Comparator.comparing(Finding::severity)
          .thenComparing(each -> !ofRequest(each))
          .thenComparing(each -> each.title().startsWith(USE))
          .thenComparing(Finding::from, Comparator.nullsLast(Comparator.naturalOrder()));

  private Summary() {}

  static String of(AnalysisContext context, List<Finding> findings, List<Step> chain) {
    List<String> notExamined = Unexamined.unread(context.evidence(), context.index());
    List<String> sentences = new ArrayList<>();
    if (context.evidence().recipient() != null) {
      return sealedEnvelope(context.evidence(), findings);
    }
    if (!notExamined.isEmpty()) {
      sentences.add(notExamined(notExamined));
    }
    sentences.add(why(context.evidence()));
    List<Finding> ways =
        findings.stream()
            .filter(each -> each.analysis().equals("way-in"))
            .sorted(GRAVEST_FIRST)
            .toList();
    if (!ways.isEmpty()) {
      sentences.add(ways(context.trail(), ways));
      sentences.add(deeds(findings, chain, began(ways)));
    } else {
      sentences.add(nothing(findings, notExamined.isEmpty()));
    }
    String secrets = titled(findings, "secrets", Severity.HIGH);
    if (secrets != null) {
      sentences.add(firstOf(secrets));
    }
    sentences.add(stays(findings, notExamined.isEmpty()));
    return String.join(" ", sentences);
  }

  private static String why(EvidenceRecord evidence) {
    Alert alert = evidence.alert();
    String of = "This evidence of " + Phrases.cut(evidence.service(), 60) + " was ";
    String at = " and sealed at " + Phrases.at(evidence.sealedAt()) + ".";
    return alert == null
        ? of + "asked for by a person (" + Phrases.cut(evidence.reason(), 100) + ")" + at
        : of
            + "captured because at "
            + Phrases.at(alert.time())
            + " "
            + (alert.source().equals("whorl") ? "the rule" : Phrases.cut(alert.source(), 30))
            + " said \""
            + Phrases.cut(alert.title())
            + "\" ("
            + alert.level().word()
            + "),"
            + at;
  }

  /** The gravest way in, with whoever came by it, and the others by name. */
  private static String ways(Trail trail, List<Finding> ways) {
    Finding first = ways.get(0);
    List<String> sources =
        first.subjects().stream()
            .filter(each -> each.kind() == Subject.Kind.ADDRESS)
            .map(Subject::value)
            .toList();
    Instant time = first.from() == null ? trail.wayIn() : first.from();
    StringBuilder text = new StringBuilder("The gravest way in began");
    if (time != null) {
      text.append(" at ").append(Phrases.at(time));
    }
    text.append(": ").append(way(first));
    if (!sources.isEmpty()) {
      text.append(", by ").append(Phrases.list(sources));
    }
    if (ways.size() > 1) {
      text.append("; there was also ")
          .append(Phrases.list(ways.subList(1, ways.size()).stream().map(Summary::way).toList()));
    }
    return text.append('.').toString();
  }

  private static boolean ofRequest(Finding finding) {
    return finding.subjects().stream().anyMatch(each -> each.kind() == Subject.Kind.REQUEST);
  }

  /** When the first of the ways in began, those of no request only where there are no others. */
  private static @Nullable Instant began(List<Finding> ways) {
    boolean byRequest = ways.stream().anyMatch(Summary::ofRequest);
    return ways.stream()
        .filter(each -> !byRequest || ofRequest(each))
        .map(Finding::from)
        .filter(Objects::nonNull)
        .min(Comparator.naturalOrder())
        .orElse(null);
  }

  private static String way(Finding finding) {
    String title = finding.title();
    return title.startsWith(WAY) ? title.substring(WAY.length()) : lower(title);
  }

  private static String nothing(List<Finding> findings, boolean whole) {
    Severity worst = findings.isEmpty() ? Severity.INFORMATIONAL : findings.get(0).severity();
    if (!worst.atLeast(Severity.MEDIUM)) {
      return (whole ? "Nothing in it" : "Nothing in the rest")
          + " looks like an attack"
          + (worst == Severity.LOW ? "; what was found is low and may be ordinary." : ".");
    }
    return (whole ? "No way in was found" : "No way in was found in the rest")
        + ", but of "
        + Phrases.count(
            findings.stream().filter(each -> each.severity().atLeast(Severity.MEDIUM)).count(),
            "finding")
        + " the gravest is: "
        + findings.get(0).title()
        + ".";
  }

  /** What was done, of every tactic the first words. */
  private static String deeds(List<Finding> findings, List<Step> chain, @Nullable Instant began) {
    Set<String> deeds = new LinkedHashSet<>();
    for (String analysis :
        List.of("code-loaded", "processes", "files-read", "files-written", "contacts")) {
      findings.stream()
          .filter(each -> each.analysis().equals(analysis))
          .filter(each -> each.severity().atLeast(Severity.MEDIUM))
          .limit(NAMED_MAX)
          .forEach(each -> deeds.add(lower(each.title())));
    }
    if (deeds.isEmpty()) {
      return "Nothing was run, written or contacted for it, as far as the events tell.";
    }
    Instant first = chain.isEmpty() || began != null ? began : chain.get(0).time();
    Instant last = chain.isEmpty() ? null : chain.get(chain.size() - 1).time();
    String when =
        first == null || last == null
            ? ""
            : "Between " + Phrases.clock(first) + " and " + Phrases.clock(last) + " ";
    return Phrases.sentence(when + "the intruder did this: " + String.join("; ", deeds) + ".");
  }

  private static String stays(List<Finding> findings, boolean whole) {
    String kept = titles(findings, "persistence");
    String tampered = titles(findings, "tampering");
    if (kept.isEmpty() && tampered.isEmpty()) {
      return (whole ? "Nothing was found" : "In the rest nothing was found")
          + " that stays after a restart of the JVM or in its server, and nothing that was tampered with.";
    }
    return (kept.isEmpty() ? "Nothing was found that stays" : "What stays: " + kept)
        + (tampered.isEmpty()
            ? "; nothing was tampered with."
            : "; tampered with: " + tampered + ".");
  }

  private static String titles(List<Finding> findings, String analysis) {
    return String.join(
        ", ",
        findings.stream()
            .filter(each -> each.analysis().equals(analysis))
            .filter(each -> each.severity().atLeast(Severity.MEDIUM))
            .limit(NAMED_MAX)
            .map(each -> lower(each.title()))
            .toList());
  }

  private static @Nullable String titled(List<Finding> findings, String analysis, Severity least) {
    return findings.stream()
        .filter(each -> each.analysis().equals(analysis) && each.severity().atLeast(least))
        .map(Finding::text)
        .findFirst()
        .orElse(null);
  }

  /** Evidence whose artifacts this collector cannot read: nothing may sound like innocence. */
  private static String sealedEnvelope(EvidenceRecord evidence, List<Finding> findings) {
    String known =
        String.join(
            "; ",
            findings.stream()
                .filter(each -> each.severity().atLeast(Severity.MEDIUM))
                .limit(NAMED_MAX)
                .map(Finding::title)
                .toList());
    return "Nothing in the artifacts was examined: all are encrypted to "
        + Phrases.cut(String.valueOf(evidence.recipient()), 80)
        + ". Whether there was an attack, and what it did, cannot be said from here; decrypt them with"
        + " the identity of this recipient. "
        + why(evidence)
        + (known.isEmpty() ? "" : " Known without them: " + known + ".");
  }

  private static String notExamined(List<String> what) {
    return "Not examined: "
        + String.join("; ", what.subList(0, Math.min(NAMED_MAX, what.size())))
        + (what.size() > NAMED_MAX ? " and " + (what.size() - NAMED_MAX) + " more" : "")
        + ".";
  }

  /** The first sentence; a point within a name does not end one. */
  private static String firstOf(String text) {
    int end = text.indexOf(". ");
    return end < 0 ? text : text.substring(0, end + 1);
  }

  private static String lower(String title) {
    return title.isEmpty() ? title : Character.toLowerCase(title.charAt(0)) + title.substring(1);
  }
}
