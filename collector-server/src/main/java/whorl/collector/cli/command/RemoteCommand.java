package whorl.collector.cli.command;

import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import whorl.collector.cli.client.CollectorClient;
import whorl.collector.cli.client.ConnectionOptions;
import whorl.collector.cli.terminal.CommandContext;
import whorl.collector.cli.terminal.ExitStatus;

/** A command that connects to a collector. */
public abstract class RemoteCommand implements Callable<Integer> {
  private final CommandContext commandContext;

  @ArgGroup(
      validate = false,
      exclusive = false,
      heading = ConnectionOptions.HEADING,
      order = Integer.MAX_VALUE)
  private ConnectionOptions connection = new ConnectionOptions();

  protected RemoteCommand(CommandContext commandContext) {
    this.commandContext = commandContext;
  }

  @Override
  public final Integer call() {
    return run(connection.connect(commandContext), commandContext);
  }

  /** Runs the command; returns an {@link ExitStatus}. */
  protected abstract int run(CollectorClient collector, CommandContext commandContext);
}
