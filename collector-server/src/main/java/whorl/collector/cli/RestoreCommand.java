package whorl.collector.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import whorl.collector.backup.BackupMark;
import whorl.collector.backup.Restore;

@Command(
    name = "restore",
    header = "Make a data folder of a backup.",
    description = {
      "",
      "Copies a backup into a new folder, and checks each file's digest. Then start serve with it."
          + " The backup stays as it is.",
    },
    footer = {
      "%nExit status 3 when something in the backup is damaged; each is named.",
      "%nExample:",
      "  whorl restore /backup/whorl --data /data",
    })
@SuppressWarnings("NullAway.Init") // picocli sets what is required
final class RestoreCommand implements Callable<Integer> {
  private final Session session;

  @Parameters(paramLabel = "DIR", description = "The backup.")
  private Path folder;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      required = true,
      description = "The data folder to be: not there yet, or empty.")
  private Path data;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  RestoreCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    Restore.Outcome outcome;
    try {
      outcome = Restore.make(folder, data);
    } catch (IOException e) {
      throw CliException.failed("not restored: " + Problems.text(e), null);
    }
    Terminal terminal = session.terminal();
    if (json) {
      terminal.json(Map.of("backup", outcome.mark(), "problems", outcome.problems()));
    } else {
      terminal.line(told(data, outcome.mark()));
      outcome.problems().forEach(line -> terminal.line("  problem: " + line));
    }
    return outcome.problems().isEmpty() ? ExitStatus.DONE : ExitStatus.VERIFICATION_FAILED;
  }

  /** One line of what there is. */
  static String told(Path where, BackupMark mark) {
    return where
        + ": "
        + mark.evidence()
        + " pieces of evidence, "
        + mark.blobs()
        + " files of content, "
        + Table.size(mark.bytes())
        + ", "
        + mark.custodyEntries()
        + " custody entries; of "
        + mark.madeAt();
  }
}
