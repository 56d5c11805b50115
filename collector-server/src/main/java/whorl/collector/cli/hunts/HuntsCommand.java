package whorl.collector.cli.hunts;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
import whorl.collector.cli.terminal.CliException;
import whorl.collector.cli.terminal.CommandContext;
import whorl.collector.cli.terminal.ExitStatus;
import whorl.collector.cli.terminal.JsonFields;
import whorl.collector.cli.terminal.Terminal;
import whorl.evidence.Id;

@Command(
    name = "hunts",
    header = "List hunts, or show what one has found.",
    footer = {
      "%nExit status 4 when the hunt has no rows.",
      "%nExample:",
      "  whorl hunts",
    })
public final class HuntsCommand extends RemoteCommand {
  @Parameters(
      paramLabel = "ID",
      arity = "0..1",
      description = "The hunt; without it all are listed.",
      converter = GivenIdConverter.class)
  private @Nullable GivenId id;

  @Option(names = "--cancel", description = "End the hunt now.")
  private boolean cancel;

  @Option(
      names = "--limit",
      paramLabel = "N",
      defaultValue = "100",
      description = "List at most N hunts (default: ${DEFAULT-VALUE}).")
  private int limit;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  public HuntsCommand(CommandContext commandContext) {
    super(commandContext);
  }

  @Override
  protected int run(CollectorClient collector, CommandContext commandContext) {
    HuntClient hunts = new HuntClient(collector);
    Id id = Ids.orNull(collector, IdKind.HUNT, this.id);
    Terminal terminal = commandContext.terminal();
    if (limit < 1) {
      throw CliException.usage("--limit " + limit + " shows nothing", "give 1 or more");
    }
    if (id == null) {
      if (cancel) {
        throw CliException.usage("--cancel needs the hunt's id", "see `whorl hunts`");
      }
      return list(hunts, terminal);
    }
    JsonNode hunt = cancel ? hunts.cancel(id) : hunts.hunt(id.value());
    List<JsonNode> rows = new ArrayList<>();
    String unused = hunts.rows(id.value(), "", rows::add);
    if (json) {
      Map<String, Object> all = new LinkedHashMap<>();
      all.put("hunt", hunt);
      all.put("rows", rows);
      all.put("agents", hunts.agents(id.value()));
      terminal.json(all);
    } else {
      rows.forEach(row -> HuntView.row(terminal, row));
      summary(hunts, hunt, terminal);
    }
    return rows.isEmpty() && !cancel ? ExitStatus.NOTHING_MATCHED : ExitStatus.DONE;
  }

  private int list(HuntClient hunts, Terminal terminal) {
    List<JsonNode> all = hunts.hunts(limit);
    if (json) {
      terminal.json(Map.of("hunts", all));
    } else if (all.isEmpty()) {
      terminal.note("whorl: no hunts");
    } else {
      HuntView.table(all).print(terminal);
    }
    return ExitStatus.DONE;
  }

  /** Says what became of the JVMs that were asked. */
  static void summary(HuntClient hunts, JsonNode hunt, Terminal terminal) {
    String id = JsonFields.orDash(hunt, "id");
    List<JsonNode> unanswered = new ArrayList<>();
    for (String state : List.of("refused", "failed", "unable", "silent")) {
      if (hunt.at("/agents/" + state).asLong() > 0) {
        unanswered.addAll(hunts.agents(id, state));
      }
    }
    if (hunt.at("/agents/answered").asLong() > 0) {
      HuntView.cut(terminal, hunts.agents(id, "answered"));
    }
    HuntView.summary(terminal, hunt, unanswered);
  }
}
