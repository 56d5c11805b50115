package whorl.collector.cli.offline;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import whorl.collector.cli.client.Problems;
import whorl.collector.cli.evidence.Verifier;
import whorl.collector.cli.evidence.VerifyCommand;
import whorl.collector.cli.server.ServeCommand;
import whorl.collector.cli.terminal.CliException;
import whorl.collector.cli.terminal.CommandContext;
import whorl.collector.cli.terminal.ExitStatus;
import whorl.collector.custody.verify.Anchors;
import whorl.collector.custody.verify.VerificationReport;
import whorl.collector.log.LogFormat;
import whorl.collector.offline.AgeIdentity;
import whorl.collector.offline.OpenedEvidence;
import whorl.collector.offline.Source;

/** Evidence in files of this machine: verified first, then opened. */
final class LocalEvidence {
  private static final int SOURCES_MAX = 50;

  private final CommandContext commandContext;
  private final Verifier verifier;

  LocalEvidence(CommandContext commandContext, Verifier verifier) {
    this.commandContext = commandContext;
    this.verifier = verifier;
  }

  /**
   * Verifies what is at these paths, and prints the results.
   *
   * @param anchors what the caller has from elsewhere
   * @param unverified true to go on with evidence that is not what its digests and signatures say
   */
  List<Source> verified(List<Path> paths, Anchors anchors, boolean unverified) {
    LogFormat.warningsOnly();
    List<Source> sources = new ArrayList<>();
    boolean verified = true;
    for (Path path : expanded(paths)) {
      if (Source.kindOf(path) == Source.Kind.SINGLE_FILE) {
        commandContext
            .terminal()
            .note(path + ": not verified: a single file has no manifest and no signature");
        verified &= anchors.isEmpty(); // what cannot be compared is not what the caller wants
        sources.add(new Source(path, null));
      } else {
        VerificationReport report = verify(path, anchors);
        verified &= report.verified();
        sources.add(new Source(path, report, !anchors.isEmpty()));
      }
    }
    if (!verified && !unverified) {
      throw new CliException(
          ExitStatus.VERIFICATION_FAILED,
          "nothing was opened, because it is not what its digests and signatures say",
          "get it again, or open it all the same with --unverified");
    }
    return sources;
  }

  private VerificationReport verify(Path path, Anchors anchors) {
    try {
      VerificationReport report = verifier.verify(path, anchors);
      // Standard error: standard output is for the result.
      VerifyCommand.print(commandContext.terminal()::note, path, report);
      return report;
    } catch (IOException e) {
      throw CliException.failed(
          "cannot check " + path + ": " + Problems.text(e),
          "give a bag, an agent's evidence folder, or age files");
    }
  }

  /** The evidence in folders that hold several. */
  private static List<Path> expanded(List<Path> paths) {
    List<Path> all = new ArrayList<>();
    for (Path path : paths) {
      if (!Files.exists(path)) {
        throw CliException.failed(path + ": no such file or folder", null);
      }
      boolean isFolderOfEvidence =
          Files.isDirectory(path)
              && Source.kindOf(path) == Source.Kind.AGENT_FOLDER
              && !Source.isAgentFolder(path);
      all.addAll(isFolderOfEvidence ? children(path) : List.of(path));
    }
    if (all.size() > SOURCES_MAX) {
      throw CliException.usage(
          "these are " + all.size() + " pieces of evidence, and " + SOURCES_MAX + " are the most",
          "name fewer, or import them into a collector with `whorl import`");
    }
    return all;
  }

  private static List<Path> children(Path folder) {
    TreeSet<Path> found = new TreeSet<>();
    try (DirectoryStream<Path> children = Files.newDirectoryStream(folder)) {
      for (Path child : children) {
        boolean isEvidence =
            Files.isDirectory(child, LinkOption.NOFOLLOW_LINKS)
                ? Source.kindOf(child) == Source.Kind.BAG || Source.isAgentFolder(child)
                : child.toString().endsWith(".zip");
        if (isEvidence) {
          found.add(child);
        }
      }
    } catch (IOException e) {
      throw CliException.failed("cannot read " + folder + ": " + Problems.text(e), null);
    }
    if (found.isEmpty()) {
      throw CliException.failed(
          folder + " holds no evidence: no bag, and no folder that an agent wrote",
          "give a bag (zip or unpacked), an agent's evidence folder, or age files");
    }
    return List.copyOf(found);
  }

  /** What is open, until it is closed. */
  record Open(ServeCommand.Running running, OpenedEvidence evidence) implements AutoCloseable {
    @Override
    public void close() {
      running.stop();
      evidence.close();
    }
  }

  /** Opens the evidence. */
  Open open(List<Source> sources, @Nullable Path identityFile, Opener opener) {
    AgeIdentity identity = identityFile == null ? null : identity(identityFile);
    OpenedEvidence evidence;
    try {
      evidence = OpenedEvidence.of(sources, identity, temporaryFolder(), commandContext.clock());
    } catch (IOException e) {
      throw CliException.failed(
          "cannot use the folder for temporary files: " + Problems.text(e),
          "name another with java -Djava.io.tmpdir");
    }
    try {
      return new Open(opener.open(evidence), evidence);
    } catch (IOException e) {
      evidence.close();
      throw CliException.failed("cannot open " + Problems.ownText(e), null);
    } catch (RuntimeException e) {
      evidence.close();
      throw e;
    }
  }

  private static Path temporaryFolder() {
    return Path.of(System.getProperty("java.io.tmpdir", "/tmp"));
  }

  private static AgeIdentity identity(Path file) {
    try {
      return AgeIdentity.read(file);
    } catch (NoSuchFileException e) {
      throw CliException.failed(file + ": no such file", "age-keygen writes an identity file");
    } catch (IOException e) {
      throw CliException.failed("cannot read the identity: " + Problems.text(e), null);
    }
  }
}
