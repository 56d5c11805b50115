package whorl.lab.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToLongFunction;
import whorl.lab.cases.CaseKind;
import whorl.lab.verdict.Verdict;

/** The scorecard's figures over the verdicts of one version of Java. */
final class Figures {
  private static final double PERCENTILE = 0.95;

  private final List<Verdict> all;

  /** Runs that did not come to an end say nothing, and are left out. */
  Figures(List<Verdict> verdicts) {
    this.all = verdicts.stream().filter(Verdict::ran).toList();
  }

  private List<Verdict> of(CaseKind kind) {
    return all.stream().filter(one -> one.kind() == kind).toList();
  }

  String recall(CaseKind kind) {
    List<Verdict> those = of(kind);
    return those.stream().filter(Verdict::alerted).count() + " of " + those.size();
  }

  /** How many of those that alerted are explained rightly. */
  String explained(CaseKind kind) {
    List<Verdict> those =
        of(kind).stream()
            .filter(Verdict::alerted)
            .filter(one -> one.explanation() != null)
            .toList();
    long right =
        those.stream().filter(one -> one.explanation() == Verdict.Explanation.RIGHT).count();
    return right + " of " + those.size();
  }

  /** Shells whose class and registration are in the evidence. */
  String shellsComplete() {
    List<Verdict> shells = of(CaseKind.SHELL);
    long complete =
        shells.stream()
            .filter(one -> !Boolean.FALSE.equals(one.classBytes()))
            .filter(one -> !Boolean.FALSE.equals(one.registration()))
            .filter(Verdict::alerted)
            .count();
    return complete + " of " + shells.size();
  }

  String cleanWorkloads() {
    List<Verdict> workloads = of(CaseKind.WORKLOAD);
    return workloads.stream().filter(one -> !one.alerted()).count() + " of " + workloads.size();
  }

  String alertsPerDeed() {
    return medianAndMost(detected(), Verdict::alerts);
  }

  String millis(ToLongFunction<Verdict> time) {
    List<Long> sorted = sorted(detected(), time);
    if (sorted.isEmpty()) {
      return "–";
    }
    return String.format("%,d, %,d ms", at(sorted, 0.5), at(sorted, PERCENTILE));
  }

  /** Rule and workload of each false alert. */
  Map<String, List<String>> falseAlerts() {
    Map<String, List<String>> rules = new TreeMap<>();
    for (Verdict workload : of(CaseKind.WORKLOAD)) {
      for (String rule : workload.rules()) {
        rules.computeIfAbsent(rule, any -> new ArrayList<>()).add(workload.name());
      }
    }
    return rules;
  }

  private List<Verdict> detected() {
    return all.stream().filter(one -> one.kind() != CaseKind.WORKLOAD && one.alerted()).toList();
  }

  private static String medianAndMost(List<Verdict> those, ToLongFunction<Verdict> number) {
    List<Long> sorted = sorted(those, number);
    return sorted.isEmpty() ? "–" : at(sorted, 0.5) + ", " + sorted.get(sorted.size() - 1);
  }

  private static List<Long> sorted(List<Verdict> those, ToLongFunction<Verdict> number) {
    return those.stream().mapToLong(number).filter(one -> one >= 0).sorted().boxed().toList();
  }

  /** The smallest value that at least this part of the values does not exceed. */
  static long at(List<Long> sorted, double part) {
    int rank = (int) Math.ceil(part * sorted.size());
    return sorted.get(Math.max(0, rank - 1));
  }
}
