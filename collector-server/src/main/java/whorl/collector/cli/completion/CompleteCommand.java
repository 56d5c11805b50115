package whorl.collector.cli.completion;

import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import whorl.collector.cli.client.ConnectionOptions;
import whorl.collector.cli.terminal.CommandContext;
import whorl.collector.cli.terminal.ExitStatus;

/** Prints the values that a completion script asks for. */
@Command(
    name = "complete",
    hidden = true,
    header = "Print what the collector knows of a kind; completion scripts call this.",
    description = {
      "",
      "A value a line, with a tab and a description. Prints nothing where there is no login or no"
          + " answer within two seconds.",
    })
@SuppressWarnings("NullAway.Init") // picocli sets required parameters
public final class CompleteCommand implements Callable<Integer> {
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  private final CommandContext commandContext;
  private final Duration patience;

  @Parameters(paramLabel = "KIND", description = "Such as service, evidence or case.")
  private String kind;

  @ArgGroup(
      validate = false,
      exclusive = false,
      heading = ConnectionOptions.HEADING,
      order = Integer.MAX_VALUE)
  private ConnectionOptions connection = new ConnectionOptions();

  public CompleteCommand(CommandContext commandContext) {
    this(commandContext, PATIENCE);
  }

  CompleteCommand(CommandContext commandContext, Duration patience) {
    this.commandContext = commandContext;
    this.patience = patience;
  }

  @Override
  public Integer call() {
    KnownValues values = new KnownValues(commandContext, connection);
    Thread asking = new Thread(() -> values.ask(kind), "whorl-complete");
    asking.setDaemon(true);
    asking.start();
    try {
      asking.join(patience.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    values.lines().forEach(commandContext.terminal().out()::println);
    return ExitStatus.DONE;
  }
}
