package whorl.collector.cli.alerts;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import whorl.collector.cli.client.CollectorClient;
import whorl.collector.cli.command.RemoteCommand;
import whorl.collector.cli.terminal.CommandContext;
import whorl.collector.cli.terminal.ExitStatus;
import whorl.collector.cli.terminal.Table;

@Command(
    name = "mute",
    header = "Mute a rule of one service for a time. It starts captures all the same.",
    footer = {
      "%nExample:",
      "  whorl alerts mute RULE --service shop --for 2h --reason \"load test\"",
    })
@SuppressWarnings("NullAway.Init") // picocli sets required options
final class AlertsMuteCommand extends RemoteCommand {
  @Parameters(paramLabel = "RULE", description = "The id of the rule, as alerts have it.")
  private String rule;

  @Option(names = "--service", paramLabel = "S", required = true, description = "Of this service.")
  private String service;

  @Option(
      names = "--namespace",
      paramLabel = "N",
      description = "In this namespace alone (default: in every one).")
  private @Nullable String namespace;

  @Option(
      names = "--for",
      paramLabel = "TIME",
      required = true,
      description = "45m, 2h or 3d; at most 30d.")
  private String length;

  @Option(names = "--reason", paramLabel = "TEXT", required = true, description = "Why.")
  private String reason;

  @Option(names = "--json", description = "Print JSON, as the collector's API has it.")
  private boolean json;

  AlertsMuteCommand(CommandContext commandContext) {
    super(commandContext);
  }

  @Override
  protected int run(CollectorClient collector, CommandContext commandContext) {
    Map<String, Object> order = new LinkedHashMap<>();
    order.put("rule", rule);
    order.put("service", service);
    if (namespace != null) {
      order.put("namespace", namespace);
    }
    order.put("duration", length);
    order.put("reason", reason);
    CollectorClient.One<AlertRow.Mute> mute = new AlertClient(collector).mute(order);
    if (json) {
      commandContext.terminal().json(mute.json());
    } else {
      commandContext
          .terminal()
          .note(
              "whorl: muted until "
                  + Table.time(mute.row().until())
                  + "; `whorl alerts unmute "
                  + mute.row().id()
                  + "` ends it");
    }
    return ExitStatus.DONE;
  }
}
