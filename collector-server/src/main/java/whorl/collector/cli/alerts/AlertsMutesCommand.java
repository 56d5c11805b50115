package whorl.collector.cli.alerts;

import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import whorl.collector.cli.client.CollectorClient;
import whorl.collector.cli.command.RemoteCommand;
import whorl.collector.cli.terminal.CommandContext;
import whorl.collector.cli.terminal.ExitStatus;
import whorl.collector.cli.terminal.Table;
import whorl.collector.cli.terminal.Terminal;

@Command(
    name = "mutes",
    header = "List the mutes in effect.",
    footer = {
      "%nExample:",
      "  whorl alerts mutes --all",
    })
final class AlertsMutesCommand extends RemoteCommand {
  @Option(names = "--all", description = "Those of the last 30 days, too.")
  private boolean all;

  @Option(names = "--json", description = "Print JSON, as the collector's API has it.")
  private boolean json;

  AlertsMutesCommand(CommandContext commandContext) {
    super(commandContext);
  }

  @Override
  protected int run(CollectorClient collector, CommandContext commandContext) {
    CollectorClient.Listing<AlertRow.Mute> mutes = new AlertClient(collector).mutes(all);
    Terminal terminal = commandContext.terminal();
    if (json) {
      terminal.json(Map.of("mutes", mutes.json()));
    } else if (mutes.rows().isEmpty()) {
      terminal.note("whorl: no mutes");
    } else {
      table(mutes.rows()).print(terminal);
    }
    return ExitStatus.DONE;
  }

  private static Table table(List<AlertRow.Mute> mutes) {
    Table table =
        new Table(
            Table.message("REASON"),
            Table.id("RULE"),
            Table.flexible("SERVICE"),
            Table.optional(Table.flexible("NAMESPACE")),
            Table.exact("UNTIL"),
            Table.optional(Table.flexible("BY")),
            Table.id("ID"));
    for (AlertRow.Mute mute : mutes) {
      table.row(
          mute.reason(),
          mute.rule(),
          mute.service(),
          mute.namespace() == null ? "every" : mute.namespace(),
          mute.endedAt() == null ? Table.time(mute.until()) : "ended " + Table.time(mute.endedAt()),
          mute.by(),
          mute.id());
    }
    return table;
  }
}
