package whorl.collector.cli.alerts;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import whorl.collector.cli.terminal.CommandContext;

@Command(
    name = "assign",
    header = "Assign alerts to somebody.",
    footer = {
      "%nExample:",
      "  whorl alerts assign ID anna@example.org",
    })
final class AlertsAssignCommand extends Decision {
  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "WHO",
      description = "A name; you if left out. Nobody is nobody.")
  private @Nullable String who;

  AlertsAssignCommand(CommandContext commandContext) {
    super(commandContext);
  }

  @Override
  Map<String, Object> change() {
    String assignee = who == null ? "me" : who;
    return Map.of("assignee", assignee.equals("nobody") ? "" : assignee);
  }
}
