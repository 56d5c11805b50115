package whorl.collector.cli.offline;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import whorl.collector.cli.client.CollectorClient;
import whorl.collector.cli.client.ConnectionOptions;
import whorl.collector.cli.client.Indexing;
import whorl.collector.cli.client.Problems;
import whorl.collector.cli.command.Words;
import whorl.collector.cli.evidence.AnchorOptions;
import whorl.collector.cli.evidence.Verifier;
import whorl.collector.cli.ids.GivenId;
import whorl.collector.cli.ids.GivenIdConverter;
import whorl.collector.cli.ids.IdKind;
import whorl.collector.cli.ids.Ids;
import whorl.collector.cli.terminal.CliException;
import whorl.collector.cli.terminal.CommandContext;
import whorl.collector.cli.terminal.ExitStatus;
import whorl.collector.cli.terminal.Terminal;
import whorl.collector.custody.verify.Anchors;
import whorl.collector.offline.OpenedEvidence;
import whorl.evidence.Id;

@Command(
    name = "report",
    header = "Write a report of evidence, to hand on: HTML that prints well, or Markdown.",
    description = {
      "",
      "Summary, what happened, findings with their rows, what was not examined, verification,"
          + " custody and artifacts. A report is a rendering: it names the digest of the manifest"
          + " that signs the evidence.",
      "",
      "Of evidence at a collector, or with --bag of a bag on this machine, without a collector.",
    },
    footer = {
      "%nExample:",
      "  whorl report 0199f0a2-7c51-7e43-9d5e-0a4b6c2d1e0f --format markdown --out report.md",
    })
@SuppressWarnings("NullAway.Init") // picocli sets the options
public final class ReportCommand implements Callable<Integer> {
  private static final int REPORT_MAX_BYTES = 64 << 20;

  private final CommandContext commandContext;
  private final Verifier verifier;
  private final Opener opener;

  @Parameters(
      paramLabel = "EVIDENCE",
      arity = "0..1",
      description = "Its id, as `whorl evidence list` names it; not needed for one bag.",
      converter = GivenIdConverter.class)
  private @Nullable GivenId id;

  @Option(
      names = "--format",
      paramLabel = "F",
      defaultValue = "html",
      completionCandidates = Formats.class,
      description = "html or markdown (default: ${DEFAULT-VALUE}).")
  private String format;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "Where to; without it, to standard output.")
  private @Nullable Path out;

  @Option(
      names = "--bag",
      paramLabel = "PATH",
      description = "Report of this evidence on this machine, as `whorl open` reads it.")
  private @Nullable Path bag;

  @Option(
      names = "--identity",
      paramLabel = "KEY",
      description = "With --bag: the identity file of age that decrypts the artifacts.")
  private @Nullable Path identity;

  @Option(
      names = "--unverified",
      description = "With --bag: also of evidence that does not verify; the report says so.")
  private boolean unverified;

  @Mixin private AnchorOptions elsewhere = new AnchorOptions();

  @ArgGroup(
      validate = false,
      exclusive = false,
      heading = ConnectionOptions.HEADING,
      order = Integer.MAX_VALUE)
  private ConnectionOptions connection = new ConnectionOptions();

  /** For completion. */
  static final class Formats extends Words {
    Formats() {
      super("html", "markdown");
    }
  }

  public ReportCommand(CommandContext commandContext, Verifier verifier, Opener opener) {
    this.commandContext = commandContext;
    this.verifier = verifier;
    this.opener = opener;
  }

  @Override
  public Integer call() {
    if (!format.equals("html") && !format.equals("markdown")) {
      throw CliException.usage("no format " + format, "use html or markdown");
    }
    Path local = bag;
    GivenId named = id;
    Anchors anchors = elsewhere.anchors();
    if (local == null) {
      if (named == null || identity != null || unverified || !anchors.isEmpty()) {
        throw CliException.usage(
            named == null ? "no evidence is named" : "keys and --unverified are for --bag",
            "give the id of evidence at a collector, or --bag PATH");
      }
      CollectorClient collector = connection.connect(commandContext);
      write(report(collector, Ids.of(collector, IdKind.EVIDENCE, named)));
      return ExitStatus.DONE;
    }
    LocalEvidence evidence = new LocalEvidence(commandContext, verifier);
    try (LocalEvidence.Open open =
        evidence.open(evidence.verified(List.of(local), anchors, unverified), identity, opener)) {
      CollectorClient collector =
          connection.connect(
              commandContext, URI.create(open.running().url()), open.evidence().token());
      write(report(collector, chosen(open.evidence().opened())));
    }
    return ExitStatus.DONE;
  }

  private Id chosen(List<OpenedEvidence.Opened> opened) {
    GivenId wanted = id;
    List<Id> meant =
        opened.stream()
            .map(OpenedEvidence.Opened::id)
            .filter(each -> wanted == null || wanted.matches(each.value()))
            .toList();
    if (meant.size() == 1) {
      return meant.get(0);
    }
    throw new CliException(
        ExitStatus.NOTHING_MATCHED,
        wanted == null
            ? "there are " + opened.size() + " pieces of evidence, and a report is of one"
            : "no evidence " + wanted + " is there",
        "give the id of one: " + String.join(", ", opened.stream().map(e -> "" + e.id()).toList()));
  }

  private byte[] report(CollectorClient collector, Id evidence) {
    return Indexing.await(
        commandContext,
        () -> {
          ByteArrayOutputStream received = new ByteArrayOutputStream();
          collector.export(
              "evidence/" + evidence + "/report",
              Map.of("format", format),
              bytes -> {
                if (bytes.remaining() > REPORT_MAX_BYTES - received.size()) {
                  throw new IOException("the report is longer than any of a collector");
                }
                byte[] copy = new byte[bytes.remaining()];
                bytes.get(copy);
                received.writeBytes(copy);
              });
          return received.toByteArray();
        });
  }

  private void write(byte[] report) {
    Terminal terminal = commandContext.terminal();
    Path file = out;
    if (file != null) {
      try {
        Files.write(file, report);
      } catch (IOException e) {
        throw CliException.failed("cannot write " + file + ": " + Problems.text(e), null);
      }
      terminal.line(file.toString());
    } else if (terminal.interactive()) {
      new String(report, StandardCharsets.UTF_8).lines().forEach(terminal::line);
    } else {
      terminal.out().writeBytes(report);
      terminal.out().flush();
    }
  }
}
