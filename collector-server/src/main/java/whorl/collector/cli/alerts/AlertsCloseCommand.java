package whorl.collector.cli.alerts;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import whorl.collector.cli.terminal.CommandContext;

@Command(
    name = "close",
    header = "Close alerts that are dealt with.",
    footer = {
      "%nExample:",
      "  whorl alerts close ID --comment \"rotated the keys\"",
    })
final class AlertsCloseCommand extends Decision {
  @Option(names = "--comment", paramLabel = "TEXT", description = "What others should know.")
  private @Nullable String comment;

  AlertsCloseCommand(CommandContext commandContext) {
    super(commandContext);
  }

  @Override
  Map<String, Object> change() {
    return state("resolved", comment);
  }
}
