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
import whorl.collector.cli.terminal.Terminal;

@Command(
    name = "mute",
    header = "Mute a rule of one service for a time: nobody is notified, captures go on.",
    footer = {
      "%nExample:",
      "  whorl alerts mute RULE --service shop --for 2h --reason \"load test\"",
    })
@SuppressWarnings("NullAway.Init") // picocli sets required options
final class AlertsMuteCommand extends RemoteCommand {
  @Parameters(
      paramLabel = "RULE",
      description = "The whole id of the rule, as `whorl alerts show` has it.")
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
    AlertClient alerts = new AlertClient(collector);
    CollectorClient.One<AlertRow.Mute> mute = alerts.mute(order);
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
      noteUnknown(alerts, commandContext.terminal());
    }
    return ExitStatus.DONE;
  }

  /** Rules in files at agents are known here by their alerts only, so a wrong id is no error. */
  private void noteUnknown(AlertClient alerts, Terminal terminal) {
    Map<String, String> filters = Map.of("rule", rule, "service", service, "muted", "show");
    if (alerts.alerts(filters, 1).rows().isEmpty()) {
      terminal.note(
          "whorl: it hides no alert yet: there is none of the rule "
              + rule
              + " in "
              + service
              + "; `whorl alerts show ID` has the whole ids of rules");
    }
  }
}
