package whorl.collector.cli.alerts;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import whorl.collector.cli.client.CollectorClient;
import whorl.collector.cli.command.RemoteCommand;
import whorl.collector.cli.ids.GivenId;
import whorl.collector.cli.ids.GivenIdConverter;
import whorl.collector.cli.ids.IdKind;
import whorl.collector.cli.ids.Ids;
import whorl.collector.cli.terminal.CommandContext;
import whorl.collector.cli.terminal.ExitStatus;
import whorl.collector.cli.terminal.Table;
import whorl.collector.cli.terminal.Terminal;
import whorl.evidence.Id;

@Command(
    name = "show",
    header = "Show a group of alerts, and what was done with it.",
    footer = {
      "%nExample:",
      "  whorl alerts show ID",
    })
@SuppressWarnings("NullAway.Init") // picocli sets required options
final class AlertsShowCommand extends RemoteCommand {
  @Parameters(
      paramLabel = "ID",
      description = "The group, as `whorl alerts` names it.",
      converter = GivenIdConverter.class)
  private GivenId id;

  @Option(names = "--json", description = "Print JSON, as the collector's API has it.")
  private boolean json;

  AlertsShowCommand(CommandContext commandContext) {
    super(commandContext);
  }

  @Override
  protected int run(CollectorClient collector, CommandContext commandContext) {
    Id id = Ids.of(collector, IdKind.ALERT_GROUP, this.id);
    CollectorClient.One<AlertRow> group = new AlertClient(collector).group(id);
    Terminal terminal = commandContext.terminal();
    if (json) {
      terminal.json(group.json());
    } else {
      show(group.row(), terminal);
    }
    return ExitStatus.DONE;
  }

  private static void show(AlertRow group, Terminal terminal) {
    field(terminal, "Title", group.title());
    field(terminal, "Level", group.level());
    field(terminal, "State", group.state());
    field(terminal, "Assignee", group.assignee());
    field(terminal, "Service", group.service());
    String first = group.alerts().size() > 1 ? ", of the first alert" : "";
    field(terminal, "Request", group.request() == null ? null : group.request() + first);
    field(terminal, "First", Table.time(group.firstSeen()));
    field(terminal, "Last", Table.time(group.lastSeen()));
    field(terminal, "Evidence", group.evidence());
    field(terminal, "Capture", group.capture());
    for (String rule : rulesOf(group.alerts())) {
      field(terminal, "Rule", rule);
    }
    for (AlertRow.Mute mute : group.mutes()) {
      field(
          terminal,
          "Muted",
          mute.rule() + " until " + Table.time(mute.until()) + ": " + mute.reason());
    }
    terminal.line("");
    List<AlertRow> alerts = group.alerts();
    AlertsCommand.tableOf(alerts).print(terminal);
    if (!group.acts().isEmpty()) {
      terminal.line("");
      for (AlertRow.Act act : group.acts()) {
        terminal.line(Table.time(act.at()) + "  " + act.by() + ": " + act.describe());
      }
    }
  }

  /** The id of each rule, as `whorl alerts mute` takes it, and its title. */
  private static Set<String> rulesOf(List<AlertRow> alerts) {
    return alerts.stream()
        .filter(alert -> alert.rule() != null)
        .map(alert -> alert.rule() + "  " + alert.title())
        .collect(Collectors.toCollection(LinkedHashSet::new));
  }

  private static void field(Terminal terminal, String name, @Nullable Object value) {
    if (value != null) {
      terminal.line((name + ":          ").substring(0, 11) + value);
    }
  }
}
