package whorl.collector.cli.alerts;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import whorl.collector.cli.terminal.CommandContext;

@Command(
    name = "reopen",
    header = "Open alerts again.",
    footer = {
      "%nExample:",
      "  whorl alerts reopen ID",
    })
final class AlertsReopenCommand extends Decision {
  @Option(names = "--comment", paramLabel = "TEXT", description = "What others should know.")
  private @Nullable String comment;

  AlertsReopenCommand(CommandContext commandContext) {
    super(commandContext);
  }

  @Override
  Map<String, Object> change() {
    return state("open", comment);
  }
}
