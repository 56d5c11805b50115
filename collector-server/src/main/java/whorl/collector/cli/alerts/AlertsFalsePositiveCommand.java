package whorl.collector.cli.alerts;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import whorl.collector.cli.terminal.CommandContext;

@Command(
    name = "false-positive",
    header = "Close alerts that were no attack.",
    footer = {
      "%nExample:",
      "  whorl alerts false-positive ID --comment \"a pentest of ours\"",
    })
final class AlertsFalsePositiveCommand extends Decision {
  @Option(names = "--comment", paramLabel = "TEXT", description = "What others should know.")
  private @Nullable String comment;

  AlertsFalsePositiveCommand(CommandContext commandContext) {
    super(commandContext);
  }

  @Override
  Map<String, Object> change() {
    return state("false-positive", comment);
  }
}
