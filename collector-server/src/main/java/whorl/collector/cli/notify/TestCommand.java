package whorl.collector.cli.notify;

import com.fasterxml.jackson.databind.JsonNode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import whorl.collector.cli.client.CollectorClient;
import whorl.collector.cli.command.RemoteCommand;
import whorl.collector.cli.terminal.CliException;
import whorl.collector.cli.terminal.CommandContext;
import whorl.collector.cli.terminal.ExitStatus;

@Command(
    name = "test",
    header = "Send a test message now, and print what the other side answers.",
    footer = {
      "%nExample:",
      "  whorl notifications test on-call",
    })
@SuppressWarnings("NullAway.Init") // picocli sets required parameters
final class TestCommand extends RemoteCommand {
  @Parameters(paramLabel = "NAME", description = "As `whorl notifications` names it.")
  private String name;

  TestCommand(CommandContext commandContext) {
    super(commandContext);
  }

  @Override
  protected int run(CollectorClient collector, CommandContext commandContext) {
    JsonNode outcome = collector.post("notifications", name, "test");
    String answer = outcome.path("answer").asText();
    if (!outcome.path("delivered").asBoolean()) {
      throw CliException.failed(
          "notification " + name + " was not delivered: " + answer,
          "check the target in the notify file, and that the collector may reach it");
    }
    commandContext.terminal().line("delivered: " + answer);
    return ExitStatus.DONE;
  }
}
