package whorl.collector.cli.alerts;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import whorl.collector.cli.client.CollectorClient;
import whorl.collector.cli.command.LevelConverter;
import whorl.collector.cli.command.ListingCommand;
import whorl.collector.cli.command.PeriodOptions;
import whorl.collector.cli.command.Words;
import whorl.collector.cli.terminal.CommandContext;
import whorl.collector.cli.terminal.Levels;
import whorl.collector.cli.terminal.Table;
import whorl.evidence.Level;

@Command(
    name = "alerts",
    header = "List alerts in groups, newest first, and decide about them.",
    description = {
      "",
      "A group holds the alerts of one capture or request, or the repetitions of one alert from"
          + " outside. It is named by its first alert, and has the level and title of its gravest"
          + " one.",
    },
    footer = {
      "%nExamples:",
      "  whorl alerts --since 10m --level high --state unfinished",
      "  whorl alerts ack 0199f0a2-7c51-7e43-9d5e-0a4b6c2d1e0f",
    })
public final class AlertsCommand extends ListingCommand<AlertRow> {
  @Option(names = "--service", paramLabel = "S", description = "Only of this service.")
  private @Nullable String service;

  @Option(names = "--rule", paramLabel = "ID", description = "Only of the rule with this id.")
  private @Nullable String rule;

  @Option(
      names = "--level",
      paramLabel = "L",
      description =
          "Only of this level or a higher one: informational, low, medium, high or critical.",
      converter = LevelConverter.class)
  private @Nullable Level level;

  @Option(
      names = "--source",
      completionCandidates = Sources.class,
      converter = Sources.class,
      paramLabel = "W",
      description = "Only from whorl, collector, falco, alertmanager, cloudevents or generic.")
  private @Nullable String source;

  @Option(
      names = "--state",
      completionCandidates = States.class,
      converter = States.class,
      paramLabel = "STATE",
      description =
          "Only open, acknowledged, resolved or false-positive, with commas between; unfinished"
              + " stands for the first two.")
  private @Nullable String state;

  @Option(
      names = "--assignee",
      paramLabel = "WHO",
      description = "Only assigned to this person; me, or nobody.")
  private @Nullable String assignee;

  @Option(
      names = "--query",
      paramLabel = "WORDS",
      description = "Only with all these words in title, rule, service, fields or message.")
  private @Nullable String words;

  @Mixin private PeriodOptions period = new PeriodOptions();

  @Option(names = "--muted", description = "Show muted ones, too.")
  private boolean muted;

  @Option(names = "--each", description = "List each alert, not groups.")
  private boolean each;

  /** The values of --source. */
  static final class Sources extends Words {
    Sources() {
      super("whorl", "collector", "falco", "alertmanager", "cloudevents", "generic");
    }
  }

  /** The values of --state. */
  static final class States extends Words {
    States() {
      super("open", "acknowledged", "resolved", "false-positive", "unfinished");
    }
  }

  private AlertsCommand(CommandContext commandContext) {
    super(commandContext, "groups");
  }

  /** The command with its subcommands. */
  public static CommandLine commandLine(CommandContext commandContext) {
    return new CommandLine(new AlertsCommand(commandContext))
        .addSubcommand(new AlertsShowCommand(commandContext))
        .addSubcommand(new AlertsAckCommand(commandContext))
        .addSubcommand(new AlertsCloseCommand(commandContext))
        .addSubcommand(new AlertsFalsePositiveCommand(commandContext))
        .addSubcommand(new AlertsReopenCommand(commandContext))
        .addSubcommand(new AlertsAssignCommand(commandContext))
        .addSubcommand(new AlertsCommentCommand(commandContext))
        .addSubcommand(new AlertsMuteCommand(commandContext))
        .addSubcommand(new AlertsMutesCommand(commandContext))
        .addSubcommand(new AlertsUnmuteCommand(commandContext));
  }

  @Override
  protected String name() {
    return each ? "alerts" : super.name();
  }

  @Override
  protected Map<String, @Nullable Object> filters() {
    Map<String, @Nullable Object> filters = new LinkedHashMap<>();
    filters.put("service", service);
    filters.put("rule", rule);
    filters.put("atLeast", level == null ? null : level.word());
    filters.put("source", source);
    filters.put("state", state);
    filters.put("assignee", assignee);
    filters.put("q", words);
    filters.put("from", period.from());
    filters.put("to", period.to());
    filters.put("muted", muted ? "show" : each ? "hide" : null);
    return filters;
  }

  @Override
  protected CollectorClient.Listing<AlertRow> fetch(
      CollectorClient collector, Map<String, String> filters, int limit) {
    AlertClient alerts = new AlertClient(collector);
    return each ? alerts.alerts(filters, limit) : alerts.groups(filters, limit);
  }

  @Override
  protected Table table(List<AlertRow> rows) {
    return tableOf(rows);
  }

  /** A table of alerts or groups, with what they are about first. */
  static Table tableOf(List<AlertRow> rows) {
    Table table =
        new Table(
            Table.message("TITLE"),
            Table.exact("LEVEL"),
            Table.flexible("STATE"),
            Table.exact("LAST"),
            Table.flexible("SERVICE"),
            Table.optional(Table.id("EVIDENCE")),
            Table.id("ID"));
    for (AlertRow row : rows) {
      table.row(
          row.describe(),
          Table.Cell.of(row.level(), Levels.style(row.resolved() ? null : row.level())),
          state(row),
          Table.time(row.last()),
          row.service(),
          row.evidence(),
          row.id());
    }
    return table;
  }

  private static @Nullable String state(AlertRow row) {
    String state = row.resolved() ? "resolved" : row.state();
    return row.assignee() == null ? state : state + ", " + row.assignee();
  }
}
