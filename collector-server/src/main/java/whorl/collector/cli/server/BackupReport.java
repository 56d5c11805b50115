package whorl.collector.cli.server;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import whorl.collector.backup.BackupMark;
import whorl.collector.cli.terminal.ExitStatus;
import whorl.collector.cli.terminal.Table;
import whorl.collector.cli.terminal.Terminal;

/** The outcome of a backup or a restore. */
record BackupReport(Path where, BackupMark mark, List<String> problems) {
  /** Prints the outcome and returns the exit status. */
  int print(Terminal terminal, boolean json) {
    if (json) {
      terminal.json(Map.of("backup", mark, "problems", problems));
    } else {
      terminal.line(
          where
              + ": "
              + mark.evidence()
              + " pieces of evidence, "
              + mark.blobs()
              + " files of content, "
              + Table.size(mark.bytes())
              + ", "
              + mark.custodyEntries()
              + " custody entries; of "
              + mark.madeAt());
      problems.forEach(line -> terminal.line("  problem: " + line));
    }
    return problems.isEmpty() ? ExitStatus.DONE : ExitStatus.VERIFICATION_FAILED;
  }
}
