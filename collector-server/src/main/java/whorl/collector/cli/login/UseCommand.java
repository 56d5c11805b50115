package whorl.collector.cli.login;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import whorl.collector.cli.contexts.ContextsFile;
import whorl.collector.cli.contexts.StoredContext;
import whorl.collector.cli.terminal.CliException;
import whorl.collector.cli.terminal.CommandContext;
import whorl.collector.cli.terminal.ExitStatus;

@Command(
    name = "use",
    header = "Choose the collector of further commands.",
    footer = {
      "%nExample:",
      "  whorl use production",
    })
@SuppressWarnings("NullAway.Init") // picocli sets required parameters
public final class UseCommand implements Callable<Integer> {
  private final CommandContext commandContext;

  @Parameters(paramLabel = "NAME", description = "As `whorl contexts` names it.")
  private String name;

  public UseCommand(CommandContext commandContext) {
    this.commandContext = commandContext;
  }

  @Override
  public Integer call() {
    ContextsFile file = ContextsFile.of(commandContext.environment());
    StoredContext context = file.read().contexts().get(name);
    if (context == null) {
      throw new CliException(
          ExitStatus.NOTHING_MATCHED,
          "there is no context " + name,
          "whorl contexts lists them; whorl login --url URL makes one");
    }
    file.change(now -> now.using(name));
    commandContext.terminal().note("whorl: commands now use " + context.url());
    return ExitStatus.DONE;
  }
}
