package whorl.collector.cli.rules;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import whorl.collector.cli.terminal.CommandContext;

@Command(
    name = "rules",
    header = "Check rules, try them on a recording, and push them to running agents.",
    synopsisSubcommandLabel = "COMMAND")
public final class RulesCommand {
  private RulesCommand() {}

  /** The command with its subcommands. */
  public static CommandLine commandLine(CommandContext commandContext) {
    return new CommandLine(new RulesCommand())
        .addSubcommand(new RulesCheckCommand(commandContext))
        .addSubcommand(new RulesCoverageCommand(commandContext))
        .addSubcommand(new RulesTestCommand(commandContext))
        .addSubcommand(new RulesPushCommand(commandContext))
        .addSubcommand(new RulesListCommand(commandContext))
        .addSubcommand(new RulesShowCommand(commandContext))
        .addSubcommand(new RulesRemoveCommand(commandContext));
  }
}
