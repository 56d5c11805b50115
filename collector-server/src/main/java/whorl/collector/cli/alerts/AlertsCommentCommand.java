package whorl.collector.cli.alerts;

import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import whorl.collector.cli.terminal.CommandContext;

@Command(
    name = "comment",
    header = "Write a comment about alerts.",
    footer = {
      "%nExample:",
      "  whorl alerts comment ID \"seen before, in case 17\"",
    })
@SuppressWarnings("NullAway.Init") // picocli sets required options
final class AlertsCommentCommand extends Decision {
  @Parameters(index = "1", paramLabel = "TEXT", description = "At most 4000 characters.")
  private String text;

  AlertsCommentCommand(CommandContext commandContext) {
    super(commandContext);
  }

  @Override
  Map<String, Object> change() {
    return Map.of("comment", text);
  }
}
