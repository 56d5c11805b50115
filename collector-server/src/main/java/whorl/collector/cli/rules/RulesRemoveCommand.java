package whorl.collector.cli.rules;

import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import whorl.collector.cli.client.CollectorClient;
import whorl.collector.cli.command.RemoteCommand;
import whorl.collector.cli.terminal.CommandContext;
import whorl.collector.cli.terminal.ExitStatus;

@Command(
    name = "remove",
    header = "Take pushed rules back from all agents; needs a token of role admin.",
    footer = {
      "%nExample:",
      "  whorl rules remove price-list",
    })
@SuppressWarnings("NullAway.Init") // picocli sets required options
final class RulesRemoveCommand extends RemoteCommand {
  @Parameters(paramLabel = "NAME", arity = "1..*", description = "The sets.")
  private List<String> names;

  RulesRemoveCommand(CommandContext commandContext) {
    super(commandContext);
  }

  @Override
  protected int run(CollectorClient collector, CommandContext commandContext) {
    for (String name : names) {
      new RuleSetClient(collector).remove(name);
      commandContext.terminal().note("whorl: removed " + name);
    }
    return ExitStatus.DONE;
  }
}
