package whorl.collector.cli.views;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import whorl.collector.cli.client.CollectorClient;
import whorl.collector.cli.command.RemoteCommand;
import whorl.collector.cli.terminal.CommandContext;
import whorl.collector.cli.terminal.ExitStatus;
import whorl.collector.cli.terminal.Table;
import whorl.collector.cli.terminal.Terminal;

@Command(
    name = "views",
    header = "List, save and remove views: filters of the page under a name.",
    description = {"", "Without a command, your own views and those that others share are listed."},
    footer = {
      "%nExample:",
      "  whorl views --kind timeline",
    })
public final class ViewsCommand extends RemoteCommand {
  @Option(
      names = "--kind",
      paramLabel = "KIND",
      description = "Only those of alerts, evidence, search or timeline.")
  private @Nullable String kind;

  @Option(names = "--json", description = "Print JSON, as the collector's API has it.")
  private boolean json;

  private ViewsCommand(CommandContext commandContext) {
    super(commandContext);
  }

  /** The command with its subcommands. */
  public static CommandLine commandLine(CommandContext commandContext) {
    return new CommandLine(new ViewsCommand(commandContext))
        .addSubcommand(new ViewsSaveCommand(commandContext))
        .addSubcommand(new ViewsRemoveCommand(commandContext));
  }

  @Override
  protected int run(CollectorClient collector, CommandContext commandContext) {
    Map<String, String> query = new LinkedHashMap<>();
    if (kind != null) {
      query.put("kind", kind);
    }
    JsonNode answer = collector.json("views", query);
    Terminal terminal = commandContext.terminal();
    if (json) {
      terminal.json(answer);
    } else if (answer.path("views").isEmpty()) {
      terminal.note("whorl: no views");
    } else {
      table(answer.path("views")).print(terminal);
    }
    return ExitStatus.DONE;
  }

  private static Table table(JsonNode views) {
    Table table =
        new Table(
            Table.message("NAME"),
            Table.exact("KIND"),
            Table.flexible("FILTER"),
            Table.optional(Table.flexible("BY")),
            Table.exact("SHARED"),
            Table.id("ID"));
    for (JsonNode view : views) {
      table.row(
          view.path("name").asText(),
          view.path("kind").asText(),
          view.path("query").asText(),
          view.path("mine").asBoolean() ? "you" : view.path("by").asText(),
          view.path("shared").asBoolean() ? "yes" : "no",
          view.path("id").asText());
    }
    return table;
  }
}
