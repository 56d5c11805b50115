package whorl.lab.verdict;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import whorl.lab.cases.CaseKind;
import whorl.lab.cases.Expectation;
import whorl.lab.cases.LabCase;

/** Compares what was observed with what the descriptor expects. */
public final class Judge {
  private final LabCase one;
  private final Observation seen;
  private final Expectation expected;
  private final List<String> reasons = new ArrayList<>();

  private Judge(LabCase one, Observation seen) {
    this.one = one;
    this.seen = seen;
    this.expected = one.descriptor().expect();
  }

  public static Verdict verdict(LabCase one, int java, Observation seen) {
    return new Judge(one, seen).verdict(java);
  }

  private Verdict verdict(int java) {
    List<Observation.SeenAlert> alerts = alerts();
    List<JsonNode> reports =
        seen.evidence().stream()
            .map(Observation.SeenEvidence::report)
            .filter(Objects::nonNull)
            .toList();
    boolean ran = ran();
    Verdict.Explanation explanation = new WayInCheck(expected).of(reports);
    Boolean classBytes = classBytes();
    Boolean registration = registration(reports);
    if (one.kind() == CaseKind.WORKLOAD) {
      alerts.stream()
          .collect(
              Collectors.groupingBy(
                  Observation.SeenAlert::title, LinkedHashMap::new, Collectors.toList()))
          .forEach(this::addFalseAlert);
    } else {
      checkDetected(alerts, explanation, classBytes, registration);
    }
    return new Verdict(
        one.kind(),
        one.name(),
        one.descriptor().title(),
        java,
        ran && reasons.isEmpty(),
        ran,
        !alerts.isEmpty(),
        alertMillis(alerts),
        sealedMillis(alerts),
        findingsMillis(),
        alerts.size(),
        alerts.stream().map(Observation.SeenAlert::title).distinct().toList(),
        explanation,
        firstWayIn(reports),
        classBytes,
        registration,
        List.copyOf(reasons));
  }

  private void addFalseAlert(String title, List<Observation.SeenAlert> those) {
    reasons.add(those.size() + " × " + title + ", first " + those.get(0).where());
  }

  private boolean ran() {
    String problem = problem(one, seen);
    if (problem != null) {
      reasons.add(problem);
    }
    return problem == null;
  }

  /** Why the case itself did not do what it should; null when it did. */
  public static @Nullable String problem(LabCase one, Observation seen) {
    Expectation expected = one.descriptor().expect();
    if (seen.failure() != null) {
      return "the case did not run: " + seen.failure();
    }
    if (Boolean.FALSE.equals(seen.effect()) && expected.blocked() == null) {
      return "the attack itself failed: it did not make " + expected.effect();
    }
    return null;
  }

  /** Those of medium level and above that count: in a workload, those that are not allowed. */
  private List<Observation.SeenAlert> alerts() {
    return seen.alerts().stream()
        .filter(Observation.SeenAlert::atLeastMedium)
        .filter(alert -> one.kind() != CaseKind.WORKLOAD || !allowed(alert))
        .toList();
  }

  private boolean allowed(Observation.SeenAlert alert) {
    String title = alert.title().toLowerCase(Locale.ROOT);
    return expected.allowed().stream()
        .anyMatch(one -> title.contains(one.rule().toLowerCase(Locale.ROOT)));
  }

  private void checkDetected(
      List<Observation.SeenAlert> alerts,
      Verdict.@Nullable Explanation explanation,
      @Nullable Boolean classBytes,
      @Nullable Boolean registration) {
    if (alerts.isEmpty()) {
      reasons.add("no alert of medium or above");
    }
    String rule = expected.rule();
    if (rule != null && alerts.stream().noneMatch(alert -> alert.title().contains(rule))) {
      reasons.add("no alert \"" + rule + "\"");
    }
    if (explanation != null && explanation != Verdict.Explanation.RIGHT) {
      reasons.add("way in explained: " + explanation.name().toLowerCase(Locale.ROOT));
    }
    if (Boolean.FALSE.equals(classBytes)) {
      reasons.add("the bytes of " + expected.shellClass() + " are in no evidence");
    }
    if (Boolean.FALSE.equals(registration)) {
      reasons.add("no finding of persistence has " + expected.registration());
    }
  }

  private @Nullable Boolean classBytes() {
    if (expected.shellClass() == null) {
      return null;
    }
    return seen.evidence().stream().anyMatch(one -> Boolean.TRUE.equals(one.classBytes()));
  }

  private @Nullable Boolean registration(List<JsonNode> reports) {
    if (expected.registration().isEmpty()) {
      return null;
    }
    for (JsonNode report : reports) {
      for (JsonNode finding : report.path("findings")) {
        if (finding.path("analysis").asText().equals("persistence")
            && WayInCheck.hasAll(WayInCheck.text(finding), expected.registration())) {
          return true;
        }
      }
    }
    return false;
  }

  private static @Nullable String firstWayIn(List<JsonNode> reports) {
    return reports.stream()
        .flatMap(report -> WayInCheck.waysIn(report).stream())
        .map(finding -> finding.path("title").asText())
        .findFirst()
        .orElse(null);
  }

  private static long alertMillis(List<Observation.SeenAlert> alerts, List<Observation.Sent> sent) {
    return alerts.isEmpty()
        ? -1
        : alerts.get(0).receivedAt() - cause(alerts.get(0).receivedAt(), sent);
  }

  private long alertMillis(List<Observation.SeenAlert> alerts) {
    return one.kind() == CaseKind.WORKLOAD ? -1 : alertMillis(alerts, seen.sent());
  }

  private long sealedMillis(List<Observation.SeenAlert> alerts) {
    long sealedAt = firstSealed() == null ? 0 : firstSealed().sealedAt();
    if (alerts.isEmpty() || sealedAt == 0 || one.kind() == CaseKind.WORKLOAD) {
      return -1;
    }
    return sealedAt - cause(alerts.get(0).receivedAt(), seen.sent());
  }

  private long findingsMillis() {
    Observation.SeenEvidence first = firstSealed();
    return first == null || first.indexedAt() == 0 ? -1 : first.indexedAt() - first.sealedAt();
  }

  private Observation.@Nullable SeenEvidence firstSealed() {
    return seen.evidence().stream()
        .filter(one -> one.state().equals("sealed"))
        .findFirst()
        .orElse(null);
  }

  /** When the last request before this moment was sent. */
  private static long cause(long moment, List<Observation.Sent> sent) {
    return sent.stream()
        .mapToLong(Observation.Sent::at)
        .filter(at -> at <= moment)
        .max()
        .orElse(moment);
  }
}
