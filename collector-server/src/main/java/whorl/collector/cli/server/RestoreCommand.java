package whorl.collector.cli.server;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import whorl.collector.backup.Restore;
import whorl.collector.cli.client.Problems;
import whorl.collector.cli.terminal.CliException;
import whorl.collector.cli.terminal.CommandContext;

@Command(
    name = "restore",
    header = "Make a data folder of a backup.",
    description = {
      "",
      "Copies a backup into a new folder, and compares content with its digests and records with"
          + " the custody log. Then start serve with it. The backup stays as it is. Records in"
          + " PostgreSQL are restored by pg_restore.",
    },
    footer = {
      "%nExit status 3 when something in the backup is damaged or missing; each is named.",
      "%nExample:",
      "  whorl restore /backup/whorl --data /data",
    })
@SuppressWarnings("NullAway.Init") // picocli sets required options
public final class RestoreCommand implements Callable<Integer> {
  private final CommandContext commandContext;

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

  public RestoreCommand(CommandContext commandContext) {
    this.commandContext = commandContext;
  }

  @Override
  public Integer call() {
    try {
      Restore.Outcome outcome = Restore.make(folder, data);
      return new BackupReport(data, outcome.mark(), outcome.problems())
          .print(commandContext.terminal(), json);
    } catch (IOException e) {
      throw CliException.failed("not restored: " + Problems.text(e), null);
    }
  }
}
