package whorl.collector.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;

/** A command that connects to a collector. */
abstract class RemoteCommand implements Callable<Integer> {
  private final CommandContext commandContext;

  @ArgGroup(
      validate = false,
      exclusive = false,
      heading = ConnectionOptions.HEADING,
      order = Integer.MAX_VALUE)
  private ConnectionOptions connection = new ConnectionOptions();

  RemoteCommand(CommandContext commandContext) {
    this.commandContext = commandContext;
  }

  @Override
  public final Integer call() {
    return run(connection.connect(commandContext), commandContext);
  }

  /** Runs the command; returns an {@link ExitStatus}. */
  abstract int run(CollectorClient collector, CommandContext commandContext);
}
