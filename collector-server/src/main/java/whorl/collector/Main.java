package whorl.collector;

import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;
import whorl.collector.cli.ServeCommand;

/** The program: the server and the command line. */
@Command(name = "whorl", mixinStandardHelpOptions = true)
@SuppressWarnings("NullAway.Init") // picocli sets the spec
public final class Main implements Callable<Integer> {
  @Spec private CommandSpec spec;

  private Main() {}

  public static void main(String[] args) {
    System.exit(commandLine().execute(args));
  }

  static CommandLine commandLine() {
    ServeCommand serve =
        new ServeCommand((config, say) -> CollectorServer.start(config, Wiring::open, say));
    return new CommandLine(new Main()).addSubcommand(serve);
  }

  @Override
  public Integer call() {
    throw new CommandLine.ParameterException(spec.commandLine(), "no command is given");
  }
}
