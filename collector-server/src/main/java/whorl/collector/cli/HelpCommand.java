package whorl.collector.cli;

import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "help",
    header = "Show the help of a command.",
    footer = {
      "%nExample:",
      "  whorl help evidence list",
    })
@SuppressWarnings("NullAway.Init") // picocli sets the spec
final class HelpCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "COMMAND", arity = "0..*", description = "The command; none for all.")
  private List<String> names = List.of();

  @Override
  public void run() {
    CommandLine at = spec.root().commandLine();
    for (String name : names) {
      CommandLine sub = at.getSubcommands().get(name);
      if (sub == null) {
        throw new CommandLine.UnmatchedArgumentException(at, List.of(name));
      }
      at = sub;
    }
    at.usage(at.getOut());
  }
}
