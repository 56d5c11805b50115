package whorl.collector.cli.evidence;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import whorl.collector.cli.client.CollectorClient;
import whorl.collector.cli.client.Problems;
import whorl.collector.cli.command.RemoteCommand;
import whorl.collector.cli.ids.GivenId;
import whorl.collector.cli.ids.GivenIdConverter;
import whorl.collector.cli.ids.IdKind;
import whorl.collector.cli.ids.Ids;
import whorl.collector.cli.terminal.CliException;
import whorl.collector.cli.terminal.CommandContext;
import whorl.collector.cli.terminal.ExitStatus;
import whorl.collector.cli.terminal.Progress;
import whorl.collector.custody.verify.VerificationReport;
import whorl.evidence.Id;

@Command(
    name = "bag",
    header = "Download evidence as one zip that proves itself, and check it.",
    description = {
      "",
      "The zip is a BagIt bag (RFC 8493) with the artifacts, the signed manifest and the custody"
          + " log.",
    },
    footer = {
      "%nExit status 3 when the bag does not verify; it is kept all the same.",
      "%nExample:",
      "  whorl evidence bag 0199f0a2-7c51-7e43-9d5e-0a4b6c2d1e0f --out case-17/",
    })
@SuppressWarnings("NullAway.Init") // picocli sets required options
public final class EvidenceBagCommand extends RemoteCommand {
  @Parameters(
      paramLabel = "ID",
      description = "The evidence, as `whorl evidence list` names it.",
      converter = GivenIdConverter.class)
  private GivenId id;

  @Option(
      names = "--out",
      paramLabel = "FILE|DIR",
      description = {
        "Where to (default: ID.zip here). A folder is made where there is none;",
        "a file's name ends in .zip."
      })
  private @Nullable Path out;

  private final Verifier verifier;

  EvidenceBagCommand(CommandContext commandContext, Verifier verifier) {
    super(commandContext);
    this.verifier = verifier;
  }

  @Override
  protected int run(CollectorClient collector, CommandContext commandContext) {
    Id id = Ids.of(collector, IdKind.EVIDENCE, this.id);
    Path target = target(id);
    fetch(collector, commandContext, id, target);
    VerificationReport report = VerifyCommand.check(verifier, target);
    VerifyCommand.print(commandContext.terminal()::line, target, report);
    return report.verified() ? ExitStatus.DONE : ExitStatus.VERIFICATION_FAILED;
  }

  public static void fetch(
      CollectorClient collector, CommandContext commandContext, Id evidence, Path target) {
    try (Progress progress = Progress.of(commandContext, "Downloading")) {
      progress.doing(String.valueOf(target.getFileName()));
      collector.bag(evidence, target, bytes -> progress.bytes(bytes, 0));
    }
  }

  private Path target(Id id) {
    String name = id + ".zip";
    if (out == null) {
      return Path.of(name);
    }
    if (!Files.isDirectory(out) && out.toString().endsWith(".zip")) {
      return out;
    }
    try {
      Files.createDirectories(out);
    } catch (IOException e) {
      throw CliException.failed("cannot make the folder " + out + ": " + Problems.text(e), null);
    }
    return out.resolve(name);
  }
}
