package whorl.lab.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import whorl.lab.cases.CaseKind;
import whorl.lab.verdict.Verdict;

/** Writes the scorecard into {@code docs/detection.md}, between two markers. */
public final class DetectionPage {
  private static final String NONE_RUN = "0 of 0";

  static final String BEGIN = "<!-- lab: begin; written by samples/lab/run -->";
  static final String END = "<!-- lab: end -->";

  private final List<Integer> versions;
  private final Map<Integer, Figures> figures = new TreeMap<>();
  private final List<Verdict> verdicts;
  private final List<Verdict> others;

  /**
   * @param others of the same cases under another agent
   */
  public DetectionPage(List<Verdict> verdicts, List<Verdict> others) {
    this.verdicts = verdicts;
    this.others = others;
    this.versions = verdicts.stream().map(Verdict::java).distinct().sorted().toList();
    for (int version : versions) {
      figures.put(
          version, new Figures(verdicts.stream().filter(one -> one.java() == version).toList()));
    }
  }

  public void write(Path page) throws IOException {
    String before = Files.readString(page);
    int begin = before.indexOf(BEGIN);
    int end = before.indexOf(END);
    if (begin < 0 || end < begin) {
      throw new IOException(page + " lacks the markers \"" + BEGIN + "\" and \"" + END + "\"");
    }
    String after = before.substring(0, begin) + BEGIN + "\n" + text() + before.substring(end);
    Files.writeString(page, after);
  }

  public String text() {
    return scorecard()
        + falseAlerts()
        + beside()
        + cases("Attacks", CaseKind.ATTACK)
        + cases("Memory shells", CaseKind.SHELL)
        + cases("Workloads", CaseKind.WORKLOAD);
  }

  private String scorecard() {
    StringBuilder text = new StringBuilder("\n## Scorecard\n\n| figure |");
    versions.forEach(version -> text.append(" Java ").append(version).append(" |"));
    text.append("\n|---|").append("---|".repeat(versions.size())).append('\n');
    row(text, "attacks that alert", one -> one.recall(CaseKind.ATTACK));
    row(text, "of those, way in explained rightly", one -> one.explained(CaseKind.ATTACK));
    row(text, "memory shells that alert", one -> one.recall(CaseKind.SHELL));
    row(text, "memory shells with class bytes and registration", Figures::shellsComplete);
    row(text, "workloads without a false alert", Figures::cleanWorkloads);
    row(text, "alerts a deed: median, most", Figures::alertsPerDeed);
    row(
        text,
        "request → alert at the collector: median, 95 %",
        one -> one.millis(Verdict::alertMillis));
    row(text, "request → sealed: median, 95 %", one -> one.millis(Verdict::sealedMillis));
    row(text, "sealed → findings: median, 95 %", one -> one.millis(Verdict::findingsMillis));
    return text.toString();
  }

  private void row(StringBuilder text, String what, Function<Figures, String> value) {
    text.append("| ").append(what).append(" |");
    versions.forEach(one -> text.append(' ').append(value.apply(figures.get(one))).append(" |"));
    text.append('\n');
  }

  private String falseAlerts() {
    StringBuilder text = new StringBuilder("\n## False alerts by rule\n\n");
    Map<String, List<String>> rules = new TreeMap<>();
    figures.forEach(
        (version, one) ->
            one.falseAlerts()
                .forEach(
                    (rule, workloads) ->
                        rules
                            .computeIfAbsent(rule, any -> new ArrayList<>())
                            .add("Java " + version + ": " + String.join(", ", workloads))));
    if (rules.isEmpty()) {
      return text.append("None.\n").toString();
    }
    text.append("| rule | workloads |\n|---|---|\n");
    rules.forEach(
        (rule, workloads) ->
            text.append("| ")
                .append(rule)
                .append(" | ")
                .append(String.join("; ", workloads))
                .append(" |\n"));
    return text.toString();
  }

  /** The same cases, on the same version of Java, under the other agent. */
  private String beside() {
    StringBuilder text = new StringBuilder();
    for (int version : versions) {
      List<Verdict> theirs =
          others.stream().filter(one -> one.java() == version).filter(Verdict::ran).toList();
      Set<String> names = theirs.stream().map(Verdict::name).collect(Collectors.toSet());
      List<Verdict> ours =
          verdicts.stream()
              .filter(one -> one.java() == version)
              .filter(one -> names.contains(one.name()))
              .toList();
      if (!theirs.isEmpty()) {
        beside(text, version, new Figures(ours), new Figures(theirs));
      }
    }
    return text.toString();
  }

  private static void beside(StringBuilder text, int version, Figures ours, Figures theirs) {
    text.append("\n## Beside Datadog's agent, Java ").append(version).append("\n\n");
    text.append("Its application security and exploit prevention are on, with its own rules and")
        .append(" without a server behind it. An alert is a security event of any rule.\n\n");
    text.append("| the same cases | Whorl | Datadog |\n|---|---|---|\n");
    beside(text, "attacks that alert", ours, theirs, one -> one.recall(CaseKind.ATTACK));
    beside(text, "memory shells that alert", ours, theirs, one -> one.recall(CaseKind.SHELL));
    beside(text, "workloads without an alert", ours, theirs, Figures::cleanWorkloads);
  }

  private static void beside(
      StringBuilder text,
      String what,
      Figures ours,
      Figures theirs,
      Function<Figures, String> value) {
    String said = value.apply(theirs);
    if (!said.equals(NONE_RUN)) {
      text.append("| ").append(what).append(" | ").append(value.apply(ours)).append(" | ");
      text.append(said).append(" |\n");
    }
  }

  private String cases(String title, CaseKind kind) {
    StringBuilder text = new StringBuilder("\n## " + title + "\n\n| case | what |");
    versions.forEach(version -> text.append(" Java ").append(version).append(" |"));
    text.append("\n|---|---|").append("---|".repeat(versions.size())).append('\n');
    Map<String, List<Verdict>> byName =
        verdicts.stream()
            .filter(one -> one.kind() == kind)
            .collect(Collectors.groupingBy(Verdict::name, TreeMap::new, Collectors.toList()));
    byName.forEach(
        (name, runs) -> {
          text.append("| ").append(name).append(" | ").append(runs.get(0).title()).append(" |");
          for (int version : versions) {
            text.append(' ').append(outcome(runs, version)).append(" |");
          }
          text.append('\n');
        });
    return text.toString();
  }

  private static String outcome(List<Verdict> runs, int version) {
    return runs.stream()
        .filter(one -> one.java() == version)
        .map(DetectionPage::outcome)
        .findFirst()
        .orElse("–");
  }

  static String outcome(Verdict one) {
    if (!one.ran()) {
      return "did not run";
    }
    if (one.kind() == CaseKind.WORKLOAD) {
      return one.alerted() ? one.alerts() + " alerts" : "clean";
    }
    if (!one.alerted()) {
      return "**missed**";
    }
    List<String> parts = new ArrayList<>();
    parts.add(one.alerts() + (one.alerts() == 1 ? " alert" : " alerts"));
    if (one.explanation() != null) {
      parts.add(one.explanation().name().toLowerCase(Locale.ROOT));
    }
    if (Boolean.FALSE.equals(one.classBytes())) {
      parts.add("no class bytes");
    }
    if (Boolean.FALSE.equals(one.registration())) {
      parts.add("no registration");
    }
    return String.join(", ", parts);
  }
}
