package whorl.collector.cli.evidence;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.collector.cli.client.CollectorClient;
import whorl.collector.cli.client.Problems;
import whorl.collector.cli.terminal.CliException;
import whorl.collector.cli.terminal.ExitStatus;
import whorl.collector.cli.terminal.Terminal;
import whorl.collector.custody.proof.ProofMaker;
import whorl.collector.custody.proof.Proofs;
import whorl.collector.custody.proof.SignedCheckpoint;
import whorl.collector.custody.proof.VerifierKey;
import whorl.collector.custody.verify.Anchors;
import whorl.evidence.Text;

/** Shows the checkpoint of a collector's log, and proves by its tiles that it continues others. */
final class LogProver {
  private final CollectorClient collector;
  private final Terminal terminal;

  LogProver(CollectorClient collector, Terminal terminal) {
    this.collector = collector;
    this.terminal = terminal;
  }

  /**
   * The result for one kept checkpoint.
   *
   * @param problem null if the log continues it
   */
  record Comparison(String file, long size, @Nullable String problem) {}

  /** Returns an {@link ExitStatus}. */
  int run(List<Path> checkpoints, @Nullable Path save, boolean json) {
    try {
      Anchors anchors = Anchors.read(checkpoints, null);
      byte[] note = collector.bytes("custody/checkpoint");
      SignedCheckpoint checkpoint = SignedCheckpoint.parse(note);
      VerifierKey key =
          VerifierKey.parse(new String(collector.bytes("custody/key"), StandardCharsets.UTF_8));
      List<Comparison> comparisons = new ArrayList<>();
      String ownProblem =
          checkpoint.isSignedBy(key) ? null : "the checkpoint is not signed with the log's key";
      ProofMaker proofs =
          new ProofMaker(path -> collector.bytes("custody/" + path.path()), checkpoint.size());
      for (Anchors.KeptCheckpoint kept : anchors.checkpoints()) {
        comparisons.add(compare(kept, checkpoint, key, proofs));
      }
      if (save != null) {
        Files.write(save, note, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
      }
      print(checkpoint, key, ownProblem, comparisons, json);
      boolean proven =
          ownProblem == null && comparisons.stream().allMatch(each -> each.problem() == null);
      return proven ? ExitStatus.DONE : ExitStatus.VERIFICATION_FAILED;
    } catch (FileAlreadyExistsException e) {
      throw CliException.failed(e.getFile() + " exists already", "give a new file");
    } catch (IOException | IllegalArgumentException e) {
      throw CliException.failed("cannot check the log: " + Problems.text(e), null);
    }
  }

  private static Comparison compare(
      Anchors.KeptCheckpoint kept, SignedCheckpoint log, VerifierKey key, ProofMaker proofs)
      throws IOException {
    SignedCheckpoint earlier = kept.checkpoint();
    String problem = null;
    if (!earlier.isSignedBy(key)) {
      problem = "it is not signed with the key of this log, " + key;
    } else if (earlier.size() > log.size()) {
      problem =
          "the log has only "
              + Text.counted(log.size(), "entry")
              + ": it was cut off, or its checkpoint rolled back";
    } else if (!Proofs.isConsistent(
        earlier.size(),
        earlier.root(),
        log.size(),
        log.root(),
        proofs.consistency(earlier.size(), log.size()))) {
      problem = "the log does not continue it: entries were changed";
    }
    return new Comparison(kept.name(), earlier.size(), problem);
  }

  private void print(
      SignedCheckpoint checkpoint,
      VerifierKey key,
      @Nullable String ownProblem,
      List<Comparison> comparisons,
      boolean json) {
    if (json) {
      terminal.json(
          Map.of(
              "size",
              checkpoint.size(),
              "root",
              checkpoint.root(),
              "key",
              key.text(),
              "signed",
              ownProblem == null,
              "comparisons",
              comparisons));
      return;
    }
    terminal.line(
        Text.counted(checkpoint.size(), "entry") + ", root " + checkpoint.root() + ", key " + key);
    if (ownProblem != null) {
      terminal.line("  problem: " + ownProblem);
    }
    for (Comparison each : comparisons) {
      terminal.line(
          each.problem() == null
              ? "  the log continues " + each.file() + ", of " + Text.counted(each.size(), "entry")
              : "  problem: "
                  + each.file()
                  + ", of "
                  + Text.counted(each.size(), "entry")
                  + ": "
                  + each.problem());
    }
  }
}
