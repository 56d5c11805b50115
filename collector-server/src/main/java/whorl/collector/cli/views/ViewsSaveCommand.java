package whorl.collector.cli.views;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import whorl.collector.cli.client.CollectorClient;
import whorl.collector.cli.command.RemoteCommand;
import whorl.collector.cli.command.Words;
import whorl.collector.cli.terminal.CliException;
import whorl.collector.cli.terminal.CommandContext;
import whorl.collector.cli.terminal.ExitStatus;
import whorl.collector.cli.terminal.Terminal;

@Command(
    name = "save",
    header = "Save filters under a name, for yourself or for all.",
    description = {
      "",
      "A view of yours with the same name and kind is changed. Prints the view's id.",
    },
    footer = {
      "%nExample:",
      "  whorl views save \"grave, of the shop\" --kind evidence \\",
      "    --filter 'service=shop&level=high'",
    })
@SuppressWarnings("NullAway.Init") // picocli sets required options
final class ViewsSaveCommand extends RemoteCommand {
  @Parameters(paramLabel = "NAME", description = "At most 80 characters.")
  private String name;

  @Option(
      names = "--kind",
      paramLabel = "KIND",
      required = true,
      completionCandidates = Kinds.class,
      converter = Kinds.class,
      description = "What it filters: alerts, evidence, search or timeline.")
  private String kind;

  @Option(
      names = "--filter",
      paramLabel = "FILTER",
      required = true,
      description = "The filters, as in the page's address after the question mark.")
  private String filter;

  @Option(names = "--shared", description = "Everybody sees it; needs the role responder.")
  private boolean shared;

  @Option(names = "--private", description = "Only you see it: a new view's default.")
  private boolean isPrivate;

  /** The values of --kind. */
  static final class Kinds extends Words {
    Kinds() {
      super("alerts", "evidence", "search", "timeline");
    }
  }

  ViewsSaveCommand(CommandContext commandContext) {
    super(commandContext);
  }

  @Override
  protected int run(CollectorClient collector, CommandContext commandContext) {
    if (shared && isPrivate) {
      throw CliException.usage("--shared and --private exclude each other", null);
    }
    String query = filter.startsWith("?") ? filter.substring(1) : filter;
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("kind", kind);
    body.put("name", name);
    body.put("query", query);
    if (shared || isPrivate) {
      body.put("shared", shared);
    }
    String before = own(collector);
    JsonNode saved =
        before == null
            ? collector.post("views", body)
            : collector.change("PATCH", "views/" + before, body);
    Terminal terminal = commandContext.terminal();
    terminal.note("whorl: " + (before == null ? "saved" : "changed") + " the view " + name);
    terminal.line(saved.path("id").asText());
    return ExitStatus.DONE;
  }

  /** The id of the user's view with this name and kind; null if there is none. */
  private @Nullable String own(CollectorClient collector) {
    for (JsonNode view : collector.json("views", Map.of("kind", kind)).path("views")) {
      if (view.path("mine").asBoolean() && view.path("name").asText().equals(name.strip())) {
        return view.path("id").asText();
      }
    }
    return null;
  }
}
