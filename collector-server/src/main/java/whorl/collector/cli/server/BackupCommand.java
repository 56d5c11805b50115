package whorl.collector.cli.server;

import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Visibility;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import whorl.collector.backup.Backup;
import whorl.collector.cli.client.Problems;
import whorl.collector.cli.terminal.CliException;
import whorl.collector.cli.terminal.CommandContext;

@Command(
    name = "backup",
    header = "Copy a collector's data folder, while it runs or not.",
    description = {
      "",
      "Makes one consistent copy of all that a collector keeps: evidence, custody, cases, holds,"
          + " alerts, agents and their keys, rules, tokens. Runs where the data folder is. A folder"
          + " that holds an earlier backup is brought up to date, and only what is new is copied."
          + " It is refused if the collector's custody log does not continue that of the backup."
          + " Timelines, findings and the lake are left out: a collector that is restored makes"
          + " them anew.",
      "",
      "Records in PostgreSQL (serve --records) are no part of the folder: pg_dump copies them.",
    },
    footer = {
      "%nExit status 3 when the collector lacks something, or has it damaged; each is named.",
      "%nExample:",
      "  whorl backup /backup/whorl --data /data",
    })
@SuppressWarnings("NullAway.Init") // picocli sets required options
public final class BackupCommand implements Callable<Integer> {
  private final CommandContext commandContext;

  @Parameters(paramLabel = "DIR", description = "Where the backup goes.")
  private Path folder;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "The collector's data folder.",
      defaultValue = "./whorl-data",
      showDefaultValue = Visibility.ALWAYS)
  private Path data;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  public BackupCommand(CommandContext commandContext) {
    this.commandContext = commandContext;
  }

  @Override
  public Integer call() {
    try {
      Backup.Outcome outcome = Backup.make(data, folder, InstantSource.system());
      return new BackupReport(folder, outcome.mark(), outcome.problems())
          .print(commandContext.terminal(), json);
    } catch (IOException e) {
      throw CliException.failed("no backup: " + Problems.text(e), null);
    }
  }
}
