package whorl.collector.cli.alerts;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import whorl.collector.cli.terminal.CommandContext;

@Command(
    name = "ack",
    header = "Acknowledge alerts: you work on them, and they are assigned to you.",
    footer = {
      "%nExample:",
      "  whorl alerts ack ID",
    })
final class AlertsAckCommand extends Decision {
  @Option(names = "--comment", paramLabel = "TEXT", description = "What others should know.")
  private @Nullable String comment;

  AlertsAckCommand(CommandContext commandContext) {
    super(commandContext);
  }

  @Override
  Map<String, Object> change() {
    Map<String, Object> change = state("acknowledged", comment);
    change.put("assignee", "me");
    return change;
  }
}
