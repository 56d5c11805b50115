package whorl.collector.cli.timeline;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import whorl.collector.cli.client.CollectorClient;
import whorl.collector.cli.client.Indexing;
import whorl.collector.cli.command.EvidenceOption;
import whorl.collector.cli.command.JsonOption;
import whorl.collector.cli.command.RemoteCommand;
import whorl.collector.cli.command.Words;
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
      "  whorl findings latest",
    })
public final class FindingsCommand extends RemoteCommand {
  @Mixin private EvidenceOption evidence = new EvidenceOption();

  @Option(
      names = "--format",
      paramLabel = "F",
      completionCandidates = Formats.class,
      description = "text, json, or stix: a STIX 2.1 bundle (default: text).")
  private @Nullable String format;

  @Option(names = "--json", description = "The same as --format json.")
  private boolean json;

  /** For completion. */
  static final class Formats extends Words {
    Formats() {
      super("text", "json", "stix");
    }
  }

  public FindingsCommand(CommandContext commandContext) {
    super(commandContext);
  }

  @Override
  protected int run(CollectorClient collector, CommandContext commandContext) {
    String wanted = JsonOption.format(json, format, "text");
    if (!wanted.equals("text") && !wanted.equals("json") && !wanted.equals("stix")) {
      throw CliException.usage("no format " + wanted, "use text, json or stix");
    }
    Id id = evidence.of(collector);
    JsonNode report = fetch(collector, commandContext, id, "json");
    switch (wanted) {
      case "text" -> new FindingsText(commandContext.terminal()).print(report);
      case "json" -> commandContext.terminal().json(report);
      default -> commandContext.terminal().json(fetch(collector, commandContext, id, "stix"));
    }
    return report.path("findings").isEmpty() ? ExitStatus.NOTHING_MATCHED : ExitStatus.DONE;
  }

  private static JsonNode fetch(
      CollectorClient collector, CommandContext commandContext, Id id, String requestedFormat) {
    return Indexing.await(
        commandContext,
        () -> collector.json("evidence/" + id + "/findings", Map.of("format", requestedFormat)));
  }
}
