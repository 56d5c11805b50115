package whorl.collector.cli.evidence;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import whorl.collector.cli.client.Problems;
import whorl.collector.cli.terminal.CliException;
import whorl.collector.cli.terminal.CommandContext;
import whorl.collector.cli.terminal.ExitStatus;
import whorl.collector.cli.terminal.Table;
import whorl.collector.custody.verify.Anchors;
import whorl.collector.custody.verify.VerificationReport;
import whorl.evidence.Text;

@Command(
    name = "verify",
    header = "Check evidence on this machine; needs no server.",
    description = {
      "",
      "Checks every digest, the agent's signature and the custody chain of a bag (zip or"
          + " unpacked), an agent's evidence folder or a whole data folder of a collector.",
      "",
      "Custody is also proven to be in the log whose checkpoint is there. Entries that were cut off"
          + " the log's end show only in a checkpoint that was kept elsewhere: give it with"
          + " --checkpoint.",
      "",
      "A bag brings its keys along, so one that somebody made up verifies too. Give a key that you"
          + " have from the collector's operator, by another way than the bag.",
    },
    footer = {
      "%nExit status 3 when anything is wrong; each problem is named.",
      "%nExample:",
      "  whorl verify 0199f0a2-7c51-7e43-9d5e-0a4b6c2d1e0f.zip",
      "  whorl verify 0199f0a2-7c51-7e43-9d5e-0a4b6c2d1e0f.zip --log-key \"$KEY\"",
    })
@SuppressWarnings("NullAway.Init") // picocli sets required options
public final class VerifyCommand implements Callable<Integer> {
  private final CommandContext commandContext;
  private final Verifier verifier;

  @Parameters(paramLabel = "FILE|DIR", description = "What to check.", arity = "1..*")
  private List<Path> paths;

  @Mixin private AnchorOptions elsewhere = new AnchorOptions();

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  public VerifyCommand(CommandContext commandContext, Verifier verifier) {
    this.commandContext = commandContext;
    this.verifier = verifier;
  }

  @Override
  public Integer call() {
    List<VerificationReport> results = new ArrayList<>();
    boolean verified = true;
    Anchors anchors = elsewhere.anchors();
    for (Path path : paths) {
      VerificationReport report = check(verifier, path, anchors);
      verified &= report.verified();
      if (json) {
        results.add(report);
      } else {
        print(commandContext.terminal()::line, path, report);
      }
    }
    if (json) {
      commandContext.terminal().json(Map.of("results", results));
    }
    return verified ? ExitStatus.DONE : ExitStatus.VERIFICATION_FAILED;
  }

  /** Checks a path; if that is impossible, fails with an error of its own. */
  public static VerificationReport check(Verifier verifier, Path path) {
    return check(verifier, path, Anchors.NONE);
  }

  private static VerificationReport check(Verifier verifier, Path path, Anchors anchors) {
    if (!Files.exists(path)) {
      throw CliException.failed(path + ": no such file or folder", null);
    }
    try {
      return verifier.verify(path, anchors);
    } catch (IOException e) {
      throw CliException.failed(
          "cannot check " + path + ": " + Problems.text(e),
          "give a bag, an evidence folder or a collector's data folder");
    }
  }

  /**
   * Prints one line with the result, then every problem and note.
   *
   * @param out takes the lines
   */
  public static void print(Consumer<String> out, Path path, VerificationReport report) {
    out.accept(
        path
            + (report.verified() ? ": verified, " : ": NOT verified, ")
            + Text.counted(report.artifacts(), "artifact")
            + ", "
            + Table.size(report.bytes())
            + (report.evidence() == 1
                ? ""
                : ", " + Text.counted(report.evidence(), "piece of evidence")));
    report.problems().forEach(line -> out.accept("  problem: " + line));
    report.notes().forEach(line -> out.accept("  note: " + line));
  }
}
