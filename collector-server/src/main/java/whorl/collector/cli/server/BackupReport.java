package whorl.collector.cli.server;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import whorl.collector.backup.BackupMark;
import whorl.collector.cli.terminal.ExitStatus;
import whorl.collector.cli.terminal.Table;
import whorl.collector.cli.terminal.Terminal;
import whorl.evidence.Text;

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
              + Text.counted(mark.evidence(), "piece of evidence")
              + ", "
              + Text.counted(mark.blobs(), "file of content")
              + ", "
              + Table.size(mark.bytes())
              + ", "
              + Text.counted(mark.custodyEntries(), "custody entry")
              + "; of "
              + mark.madeAt());
      problems.forEach(line -> terminal.line("  problem: " + line));
    }
    return problems.isEmpty() ? ExitStatus.DONE : ExitStatus.VERIFICATION_FAILED;
  }
}
