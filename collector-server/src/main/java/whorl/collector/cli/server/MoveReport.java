package whorl.collector.cli.server;

import whorl.collector.cli.terminal.ExitStatus;
import whorl.collector.cli.terminal.Table;
import whorl.collector.cli.terminal.Terminal;
import whorl.collector.migrate.MoveOutcome;
import whorl.evidence.Text;

/** What a move did, for people or as JSON. */
record MoveReport(MoveOutcome outcome) {
  /** Prints it and returns the exit status. */
  int print(Terminal terminal, boolean json) {
    if (json) {
      terminal.json(outcome);
    } else {
      lines(terminal);
    }
    return outcome.problems().isEmpty() ? ExitStatus.DONE : ExitStatus.VERIFICATION_FAILED;
  }

  private void lines(Terminal terminal) {
    terminal.line(
        (outcome.dryRun() ? "would move " : "moved ") + outcome.from() + " to " + outcome.to());
    String pieces =
        Text.counted(outcome.evidence(), "piece of evidence") + ", " + Table.size(outcome.bytes());
    terminal.line(
        "  evidence: "
            + pieces
            + (outcome.dryRun()
                ? ""
                : ", verified there ("
                    + outcome.carriedNow()
                    + " carried now, with "
                    + Text.counted(outcome.timelines(), "timeline")
                    + ")"));
    terminal.line("  unfinished uploads: " + outcome.uploads());
    terminal.line(
        "  custody: "
            + Text.counted(outcome.custodyEntries(), "entry")
            + (outcome.checkpoint() == null ? "" : ", checkpoint " + outcome.checkpoint()));
    long rows = outcome.rows().values().stream().mapToLong(Long::longValue).sum();
    terminal.line("  records: " + Text.counted(rows, "row"));
    outcome.problems().forEach(each -> terminal.line("  problem: " + each));
    outcome.notes().forEach(each -> terminal.line("  " + each));
  }
}
