package whorl.collector.cli.timeline;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.collector.cli.client.Problems;
import whorl.collector.cli.command.TemporaryFolder;
import whorl.collector.cli.evidence.VerifyCommand;
import whorl.collector.cli.terminal.CliException;
import whorl.collector.cli.terminal.CommandContext;
import whorl.collector.cli.terminal.ExitStatus;
import whorl.collector.cli.terminal.Progress;
import whorl.collector.cli.terminal.Terminal;
import whorl.collector.custody.verify.OfflineVerifier;
import whorl.collector.custody.verify.OpenBag;
import whorl.collector.custody.verify.VerificationReport;
import whorl.collector.export.formats.ResultFormat;
import whorl.collector.sql.BagEvidence;
import whorl.collector.sql.EvidenceSelection;
import whorl.collector.sql.SqlPiece;
import whorl.evidence.Text;

/**
 * This command answers, from bags: each is verified first, then indexed in a temporary folder as a
 * collector would.
 *
 * @param bags zips, unpacked bags, or folders with such
 * @param selection of the evidence in them
 * @param unverified true to answer from bags that are not what their digests and signatures say
 */
record BagSource(
    CommandContext commandContext,
    List<Path> bags,
    EvidenceSelection selection,
    boolean unverified,
    String sql)
    implements QuerySource {
  private static final int BAGS_MAX = 200;

  @Override
  public void write(ResultFormat format, @Nullable Integer limit, OutputStream out)
      throws IOException {
    List<Path> paths = paths();
    verify(paths);
    try (TemporaryFolder folder = temporary()) {
      LocalQuery.answer(sql, indexed(paths, folder.path()), format, limit, out);
    }
  }

  private List<Path> paths() {
    List<Path> paths = new ArrayList<>();
    for (Path path : bags) {
      if (!Files.exists(path)) {
        throw CliException.failed(path + ": no such file or folder", null);
      }
      try {
        paths.addAll(OpenBag.at(path, BAGS_MAX));
      } catch (IOException e) {
        throw failed(path, e);
      }
    }
    if (paths.size() > BAGS_MAX) {
      throw CliException.usage(
          "a question is about " + BAGS_MAX + " bags at most, and these are " + paths.size(),
          "name fewer with --bag");
    }
    return paths;
  }

  private void verify(List<Path> paths) {
    Terminal terminal = commandContext.terminal();
    boolean verified = true;
    for (Path path : paths) {
      VerificationReport report;
      try {
        report = new OfflineVerifier(commandContext.clock()).verify(path);
      } catch (IOException e) {
        throw failed(path, e);
      }
      verified &= report.verified();
      VerifyCommand.print(terminal::note, path, report);
    }
    if (!verified && !unverified) {
      throw new CliException(
          ExitStatus.VERIFICATION_FAILED,
          "nothing was asked, because a bag is not what its digests and signatures say",
          "get the bag again, or ask all the same with --unverified");
    }
  }

  private static TemporaryFolder temporary() {
    try {
      return TemporaryFolder.open();
    } catch (IOException e) {
      throw CliException.failed(
          "cannot use the folder for temporary files: " + Problems.text(e),
          "name another with java -Djava.io.tmpdir");
    }
  }

  private List<SqlPiece> indexed(List<Path> paths, Path folder) {
    List<SqlPiece> pieces = new ArrayList<>();
    try (BagEvidence evidence =
            new BagEvidence(folder, () -> folder.toFile().getUsableSpace(), unverified);
        Progress progress = Progress.of(commandContext, "Indexing")) {
      for (Path path : paths) {
        progress.doing("" + path.getFileName());
        SqlPiece piece = indexed(evidence, path);
        if (piece != null) {
          pieces.add(piece);
        }
      }
    } catch (IOException e) {
      throw CliException.failed("the bags can't be indexed: " + Problems.text(e), null);
    }
    if (pieces.isEmpty()) {
      throw new CliException(
          ExitStatus.NOTHING_MATCHED,
          "no such evidence in " + Text.counted(paths.size(), "bag"),
          "leave --evidence, --since and --until out");
    }
    return pieces;
  }

  private @Nullable SqlPiece indexed(BagEvidence evidence, Path path) {
    try {
      return evidence.add(path, selection);
    } catch (IOException e) {
      throw failed(path, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw CliException.failed("interrupted", null);
    }
  }

  private static CliException failed(Path path, IOException e) {
    return CliException.failed(
        "cannot read " + path + ": " + Problems.text(e),
        "give a bag (zip or unpacked), or a folder with bags; `whorl evidence bag` makes one");
  }
}
