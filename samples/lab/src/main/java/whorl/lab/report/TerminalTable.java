package whorl.lab.report;

import java.io.PrintStream;
import java.util.List;
import whorl.lab.cases.CaseKind;
import whorl.lab.verdict.Verdict;

/** Prints verdicts, one line each, as they come from any thread, and the sums at the end. */
public final class TerminalTable {
  private static final int REASON_CHARS = 400;

  private final PrintStream out;

  public TerminalTable(PrintStream out) {
    this.out = out;
  }

  public void head() {
    out.printf(
        "%-9s %-36s %4s %-6s %8s %8s %8s %6s  %s%n",
        "kind", "case", "java", "result", "alert ms", "sealed", "findings", "alerts", "outcome");
  }

  public synchronized void line(Verdict one) {
    out.printf(
        "%-9s %-36s %4d %-6s %8s %8s %8s %6d  %s%n",
        one.kind().name().toLowerCase(java.util.Locale.ROOT),
        one.name(),
        one.java(),
        one.passed() ? "ok" : one.ran() ? "FAILED" : "BROKEN",
        millis(one.alertMillis()),
        millis(one.sealedMillis()),
        millis(one.findingsMillis()),
        one.alerts(),
        DetectionPage.outcome(one) + (one.wayIn() == null ? "" : "; " + one.wayIn()));
    for (String reason : one.reasons()) {
      out.println("          " + reason.substring(0, Math.min(reason.length(), REASON_CHARS)));
    }
  }

  public void sums(List<Verdict> verdicts) {
    for (int java : verdicts.stream().map(Verdict::java).distinct().sorted().toList()) {
      Figures figures = new Figures(verdicts.stream().filter(one -> one.java() == java).toList());
      out.printf(
          "Java %d: attacks alert %s, explained rightly %s; shells alert %s, complete %s; clean"
              + " workloads %s; alerts a deed %s; alert %s%n",
          java,
          figures.recall(CaseKind.ATTACK),
          figures.explained(CaseKind.ATTACK),
          figures.recall(CaseKind.SHELL),
          figures.shellsComplete(),
          figures.cleanWorkloads(),
          figures.alertsPerDeed(),
          figures.millis(Verdict::alertMillis));
    }
    long broken = verdicts.stream().filter(one -> !one.ran()).count();
    if (broken > 0) {
      out.println(broken + " did not run");
    }
  }

  private static String millis(long time) {
    return time < 0 ? "–" : Long.toString(time);
  }
}
