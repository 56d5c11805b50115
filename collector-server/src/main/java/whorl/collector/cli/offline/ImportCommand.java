package whorl.collector.cli.offline;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import whorl.collector.cli.client.CollectorClient;
import whorl.collector.cli.client.Problems;
import whorl.collector.cli.command.RemoteCommand;
import whorl.collector.cli.command.TemporaryFolder;
import whorl.collector.cli.evidence.AnchorOptions;
import whorl.collector.cli.evidence.Verifier;
import whorl.collector.cli.terminal.CliException;
import whorl.collector.cli.terminal.CommandContext;
import whorl.collector.cli.terminal.ExitStatus;
import whorl.collector.cli.terminal.Progress;
import whorl.collector.offline.Source;

@Command(
    name = "import",
    header = "Take evidence from a bag into a collector, with its custody.",
    description = {
      "",
      "The bag is checked here and by the collector, which then keeps the evidence as its own: it"
          + " is indexed, can be put into cases, held, purged and exported again. Its history at"
          + " the collector that it is from stays with it.",
      "",
      "A bag brings its keys along; with --log-key, --checkpoint or --agent-key it is sent only if"
          + " it is genuine by what you have from the other collector's operator.",
      "",
      "What the bag says of its service is no proof. Say with --service and --namespace whose it is"
          + " to be here; without them only those who see everything see it.",
    },
    footer = {
      "%nThe same evidence again changes nothing. Exit status 3 when a bag does not verify.",
      "%nExample:",
      "  whorl import 0199f0a2-7c51-7e43-9d5e-0a4b6c2d1e0f.zip --service shop",
    })
@SuppressWarnings("NullAway.Init") // picocli sets required options
public final class ImportCommand extends RemoteCommand {
  private final Verifier verifier;

  @Parameters(
      paramLabel = "BAG",
      description = "Bags: zips, unpacked ones, or folders with such.",
      arity = "1..*")
  private List<Path> bags;

  @Option(names = "--service", paramLabel = "S", description = "Whose it is to be: the service.")
  private @Nullable String service;

  @Option(names = "--namespace", paramLabel = "NS", description = "Likewise: the namespace.")
  private @Nullable String namespace;

  @Mixin private AnchorOptions elsewhere = new AnchorOptions();

  @Option(names = "--json", description = "Print JSON, as the collector's API has it.")
  private boolean json;

  public ImportCommand(CommandContext commandContext, Verifier verifier) {
    super(commandContext);
    this.verifier = verifier;
  }

  @Override
  protected int run(CollectorClient collector, CommandContext commandContext) {
    List<Source> sources =
        new LocalEvidence(commandContext, verifier).verified(bags, elsewhere.anchors(), false);
    for (Source source : sources) {
      if (Source.kindOf(source.path()) != Source.Kind.BAG) {
        throw CliException.usage(
            source.path() + " is no bag", "an agent's evidence is read with `whorl open`");
      }
    }
    List<JsonNode> results = new ArrayList<>();
    for (Source source : sources) {
      JsonNode result = imported(collector, commandContext, source.path());
      results.add(result);
      if (!json) {
        commandContext.terminal().line(result.path("id").asText());
        if (!result.path("imported").asBoolean(true)) {
          commandContext
              .terminal()
              .note("whorl: " + source.path() + " was here already; nothing was changed");
        }
      }
    }
    if (json) {
      commandContext.terminal().json(Map.of("evidence", results));
    }
    return ExitStatus.DONE;
  }

  private JsonNode imported(CollectorClient collector, CommandContext commandContext, Path bag) {
    if (!Files.isDirectory(bag)) {
      return sent(collector, commandContext, bag, bag);
    }
    try (TemporaryFolder folder = TemporaryFolder.open()) {
      Path zip = folder.path().resolve("bag.zip");
      BagZip.write(bag, zip);
      return sent(collector, commandContext, bag, zip);
    } catch (IOException e) {
      throw CliException.failed("cannot pack " + bag + ": " + Problems.text(e), null);
    }
  }

  private JsonNode sent(
      CollectorClient collector, CommandContext commandContext, Path bag, Path zip) {
    Map<String, String> origin = new LinkedHashMap<>();
    if (service != null) {
      origin.put("service", service);
    }
    if (namespace != null) {
      origin.put("namespace", namespace);
    }
    try (Progress progress = Progress.of(commandContext, "Importing")) {
      progress.doing("" + bag.getFileName());
      long size = zip.toFile().length();
      return collector.importBag(zip, origin, bytes -> progress.bytes(bytes, size));
    }
  }
}
