package whorl.collector.cli.offline;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import whorl.collector.cli.evidence.AnchorOptions;
import whorl.collector.cli.evidence.Verifier;
import whorl.collector.cli.server.EndSignals;
import whorl.collector.cli.terminal.CommandContext;
import whorl.collector.cli.terminal.ExitStatus;
import whorl.collector.cli.terminal.Terminal;
import whorl.collector.offline.OpenedEvidence;
import whorl.collector.offline.Source;
import whorl.evidence.Text;

@Command(
    name = "open",
    header = "Read evidence in the page on this machine; needs no collector.",
    description = {
      "",
      "Checks the evidence as `whorl verify` does, makes its timeline and findings in confined"
          + " JVMs, and serves the page to this machine alone, for reading only, until Ctrl-C. The"
          + " copies that it works on are in a private folder, which is deleted at the end.",
      "",
      "A bag brings its keys along; with --log-key, --checkpoint or --agent-key it must be genuine"
          + " by what you have from the collector's operator.",
      "",
      "The evidence is a bag (zip or unpacked), a folder that an agent wrote, a folder of such, or"
          + " single artifacts, such as age files.",
    },
    footer = {
      "%nExit status 3 when the evidence does not verify; nothing is opened then.",
      "%nExample:",
      "  whorl open 0199f0a2-7c51-7e43-9d5e-0a4b6c2d1e0f.zip --identity key.txt",
    })
@SuppressWarnings("NullAway.Init") // picocli sets required options
public final class OpenCommand implements Callable<Integer> {
  private final CommandContext commandContext;
  private final Verifier verifier;
  private final Opener opener;

  @Parameters(paramLabel = "PATH", description = "The evidence.", arity = "1..*")
  private List<Path> paths;

  @Option(
      names = "--identity",
      paramLabel = "KEY",
      description = {
        "The identity file of age (age-keygen) that decrypts the artifacts.",
        "They are decrypted into the private folder, and nowhere else."
      })
  private @Nullable Path identity;

  @Mixin private AnchorOptions elsewhere = new AnchorOptions();

  @Option(
      names = "--unverified",
      description = "Open evidence that is not what its digests and signatures say, too.")
  private boolean unverified;

  public OpenCommand(CommandContext commandContext, Verifier verifier, Opener opener) {
    this.commandContext = commandContext;
    this.verifier = verifier;
    this.opener = opener;
  }

  @Override
  public Integer call() throws InterruptedException {
    LocalEvidence local = new LocalEvidence(commandContext, verifier);
    List<Source> sources = local.verified(paths, elsewhere.anchors(), unverified);
    CountDownLatch stopped = new CountDownLatch(1);
    LocalEvidence.Open open = local.open(sources, identity, opener);
    Runnable stop =
        () -> {
          open.close();
          stopped.countDown();
        };
    Runtime.getRuntime().addShutdownHook(new Thread(stop, "whorl-stop"));
    EndSignals.handle();
    print(open);
    stopped.await();
    return ExitStatus.DONE;
  }

  private void print(LocalEvidence.Open open) {
    Terminal terminal = commandContext.terminal();
    for (OpenedEvidence.Opened each : open.evidence().opened()) {
      if (each.decrypted() > 0) {
        terminal.note(
            each.path()
                + ": "
                + Text.counted(each.decrypted(), "artifact")
                + " decrypted on this machine; findings come from the decrypted content");
      } else if (each.encrypted()) {
        terminal.note(
            each.path()
                + ": its artifacts are encrypted, and nothing in them is examined;"
                + " --identity KEY decrypts them");
      }
    }
    terminal.line(address(open));
    terminal.note("whorl: open this address in a browser; who has it can read the evidence");
    terminal.note("whorl: Ctrl-C ends it, and deletes the copies that it made");
    terminal.out().flush();
  }

  /** The token is after the {@code #}, which a browser sends to nobody. */
  private static String address(LocalEvidence.Open open) {
    List<OpenedEvidence.Opened> opened = open.evidence().opened();
    String place = opened.size() == 1 ? "/" + opened.get(0).id() : "";
    return open.running().url() + "/#/open/" + open.evidence().token() + place;
  }
}
