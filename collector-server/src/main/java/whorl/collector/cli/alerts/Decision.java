package whorl.collector.cli.alerts;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import whorl.collector.cli.client.CollectorClient;
import whorl.collector.cli.command.RemoteCommand;
import whorl.collector.cli.ids.GivenId;
import whorl.collector.cli.ids.GivenIdConverter;
import whorl.collector.cli.ids.IdKind;
import whorl.collector.cli.ids.Ids;
import whorl.collector.cli.terminal.CliException;
import whorl.collector.cli.terminal.CommandContext;
import whorl.collector.cli.terminal.ExitStatus;
import whorl.collector.cli.terminal.Terminal;
import whorl.evidence.Id;

/**
 * A command that decides about a group of alerts, or one of its alerts. It names the version that
 * it has seen, so that it does not overwrite what somebody else has just decided.
 */
@SuppressWarnings("NullAway.Init") // picocli sets required options
abstract class Decision extends RemoteCommand {
  @Parameters(
      index = "0",
      paramLabel = "ID",
      description = "The group or alert, as `whorl alerts` names it.",
      converter = GivenIdConverter.class)
  private GivenId id;

  @Option(names = "--alert", description = "Only this alert, not all of its group.")
  private boolean alertOnly;

  @Option(names = "--json", description = "Print JSON, as the collector's API has it.")
  private boolean json;

  Decision(CommandContext commandContext) {
    super(commandContext);
  }

  /** What to change, in the form of the API. */
  abstract Map<String, Object> change();

  /** A change of the state, with a comment if there is one. */
  static Map<String, Object> state(String state, @Nullable String comment) {
    Map<String, Object> change = new LinkedHashMap<>();
    change.put("state", state);
    if (comment != null) {
      change.put("comment", comment);
    }
    return change;
  }

  private Id groupOrAlert(CollectorClient collector) {
    try {
      return Ids.of(collector, IdKind.ALERT_GROUP, id);
    } catch (CliException e) {
      if (e.exitStatus() != ExitStatus.NOTHING_MATCHED || id.isLatest()) {
        throw e;
      }
      return Ids.of(collector, IdKind.ALERT, id); // one that is not the first of its group
    }
  }

  @Override
  protected int run(CollectorClient collector, CommandContext commandContext) {
    Id id = alertOnly ? Ids.of(collector, IdKind.ALERT, this.id) : groupOrAlert(collector);
    AlertClient.Decided decided = new AlertClient(collector).decide(id, alertOnly, change());
    Terminal terminal = commandContext.terminal();
    if (json) {
      terminal.json(decided.after().json());
      return ExitStatus.DONE;
    }
    AlertRow row = decided.after().row();
    AlertRow before = decided.before();
    terminal.note(
        "whorl: " + id + " is " + standing(row) + (isOfOther(before, row) ? was(before) : ""));
    return ExitStatus.DONE;
  }

  private static String standing(AlertRow row) {
    return row.state() + (row.assignee() == null ? "" : ", assigned to " + row.assignee());
  }

  /** True if it was somebody else's, who does not expect this change. */
  private static boolean isOfOther(AlertRow before, AlertRow after) {
    return before.assignee() != null && !before.assignee().equals(after.assignee());
  }

  private static String was(AlertRow before) {
    return "; before it was " + standing(before);
  }
}
