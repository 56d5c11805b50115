package whorl.collector.cli.timeline;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import whorl.collector.cli.client.CollectorClient;
import whorl.collector.cli.client.Indexing;
import whorl.collector.cli.command.IdConverter;
import whorl.collector.cli.command.RemoteCommand;
import whorl.collector.cli.terminal.CliException;
import whorl.collector.cli.terminal.CommandContext;
import whorl.collector.cli.terminal.ExitStatus;
import whorl.evidence.Id;

@Command(
    name = "findings",
    header = "Show what evidence says: what happened, how, and who else is concerned.",
    footer = {
      "%nExit status 4 when nothing was found.",
      "%nExample:",
      "  whorl findings --evidence 0199f0a2-7c51-7e43-9d5e-0a4b6c2d1e0f",
    })
@SuppressWarnings("NullAway.Init") // picocli sets required options
public final class FindingsCommand extends RemoteCommand {
  @Option(
      names = "--evidence",
      paramLabel = "ID",
      required = true,
      description = "The evidence, as `whorl evidence list` names it.",
      converter = IdConverter.class)
  private Id evidence;

  @Option(
      names = "--format",
      paramLabel = "F",
      defaultValue = "text",
      description = "text, json, or stix: a STIX 2.1 bundle (default: ${DEFAULT-VALUE}).")
  private String format;

  public FindingsCommand(CommandContext commandContext) {
    super(commandContext);
  }

  @Override
  protected int run(CollectorClient collector, CommandContext commandContext) {
    if (!format.equals("text") && !format.equals("json") && !format.equals("stix")) {
      throw CliException.usage("no format " + format, "use text, json or stix");
    }
    JsonNode report = fetch(collector, commandContext, "json");
    switch (format) {
      case "text" -> new FindingsText(commandContext.terminal()).print(report);
      case "json" -> commandContext.terminal().json(report);
      default -> commandContext.terminal().json(fetch(collector, commandContext, "stix"));
    }
    return report.path("findings").isEmpty() ? ExitStatus.NOTHING_MATCHED : ExitStatus.DONE;
  }

  private JsonNode fetch(
      CollectorClient collector, CommandContext commandContext, String requestedFormat) {
    return Indexing.await(
        commandContext,
        () ->
            collector.json(
                "evidence/" + evidence + "/findings", Map.of("format", requestedFormat)));
  }
}
