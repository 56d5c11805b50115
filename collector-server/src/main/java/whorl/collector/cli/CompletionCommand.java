package whorl.collector.cli;

import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;
import whorl.collector.cli.terminal.CommandContext;
import whorl.collector.cli.terminal.ExitStatus;

@Command(
    name = "completion",
    header = "Print a script that completes commands in bash and zsh.",
    footer = {
      "%nExample:",
      "  alias whorl='java -jar /opt/whorl/whorl-collector.jar'",
      "  source <(whorl completion)",
    })
@SuppressWarnings("NullAway.Init") // picocli sets the spec
final class CompletionCommand implements Callable<Integer> {
  private final CommandContext commandContext;

  @Spec private CommandSpec spec;

  CompletionCommand(CommandContext commandContext) {
    this.commandContext = commandContext;
  }

  @Override
  public Integer call() {
    CommandLine root = spec.root().commandLine();
    commandContext.terminal().out().println(AutoComplete.bash(root.getCommandName(), root));
    return ExitStatus.DONE;
  }
}
