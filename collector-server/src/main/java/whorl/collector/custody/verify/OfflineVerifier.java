package whorl.collector.custody.verify;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import whorl.collector.custody.log.ChainCheck;
import whorl.collector.custody.log.CustodyLog;
import whorl.collector.custody.log.LogLine;
import whorl.collector.store.disk.DataFolder;
import whorl.collector.store.disk.Lines;
import whorl.collector.store.objects.EvidenceStore;
import whorl.collector.store.objects.FolderStore;
import whorl.evidence.ArtifactName;
import whorl.evidence.CustodyEntry;
import whorl.evidence.Id;

/**
 * Checks evidence without a server. It accepts a bag (a zip or its unpacked folder), a folder that
 * an agent wrote, a folder of such bags or folders, or a collector's whole data folder. It writes
 * nothing.
 */
public final class OfflineVerifier {
  private final InstantSource clock;

  public OfflineVerifier(InstantSource clock) {
    this.clock = clock;
  }

  /** As {@link #verify(Path, Anchors)}, with nothing from elsewhere. */
  public VerificationReport verify(Path path) throws IOException {
    return verify(path, Anchors.NONE);
  }

  /**
   * Checks everything and reports all problems.
   *
   * @throws IOException if {@code path} cannot be read or holds no evidence
   */
  public VerificationReport verify(Path path, Anchors anchors) throws IOException {
    if (!Files.exists(path)) {
      throw new NoSuchFileException(path.toString());
    }
    VerificationReport.Builder report = new VerificationReport.Builder(path.toString());
    if (Files.isRegularFile(path)) {
      zip(path, anchors, report);
    } else if (!Files.exists(path.resolve(BagLayout.DECLARATION)) // a bag may have such folders
        && Files.isDirectory(path.resolve("evidence"))
        && Files.isDirectory(path.resolve("custody"))) {
      dataFolder(new DataFolder(path), anchors, report);
    } else {
      folder(path, anchors, report);
    }
    return report.build(clock.instant());
  }

  private static void zip(Path file, Anchors anchors, VerificationReport.Builder report)
      throws IOException {
    try (ZipFile zip = ZipBundle.open(file)) {
      ZipBundle whole = new ZipBundle(zip);
      String base = OpenBag.prefix(whole);
      if (base == null) {
        throw new IOException(file + " is a zip, but holds no bag (no bagit.txt in it)");
      }
      if (!base.isEmpty() && !BagCheck.isLocal(base.substring(0, base.length() - 1))) {
        report.problem(
            base + " is no folder of a bag: a program that unpacks it may write outside of it");
      }
      for (String name : whole.names()) {
        if (!name.startsWith(base)) {
          report.problem(name + " lies outside of the bag " + base);
        }
      }
      new BagCheck(new SubBundle(whole, base), anchors, report).check();
    } catch (EOFException e) {
      throw new IOException(file + " is no bag: the zip is truncated; download it again", e);
    } catch (ZipException e) {
      throw new IOException(
          file + " is no bag: " + e.getMessage() + "; verify takes a zip or a folder", e);
    }
  }

  private static void folder(Path path, Anchors anchors, VerificationReport.Builder report)
      throws IOException {
    if (Files.exists(path.resolve(BagLayout.DECLARATION))) {
      new BagCheck(bundle(path, report), anchors, report).check();
    } else if (isAgentFolder(path)) {
      new EvidenceCheck(bundle(path, report), anchors, true, report).ofAgent();
    } else {
      folderOfFolders(path, anchors, report);
    }
  }

  private static void folderOfFolders(Path path, Anchors anchors, VerificationReport.Builder report)
      throws IOException {
    Set<Path> evidence = new TreeSet<>();
    Set<Path> others = new TreeSet<>();
    try (DirectoryStream<Path> children = Files.newDirectoryStream(path)) {
      for (Path child : children) {
        (isEvidence(child) ? evidence : others).add(child);
      }
    }
    if (evidence.isEmpty()) {
      throw new IOException(
          path
              + " holds no evidence: no bag, no manifest.json, no collector's data folder;"
              + " give the path of one of these");
    }
    for (Path each : others) {
      report.note(each.getFileName() + " is no bag and no evidence of an agent: not checked");
    }
    for (Path each : evidence) {
      report.setSubject(String.valueOf(each.getFileName()));
      if (Files.isRegularFile(each)) {
        zip(each, anchors, report);
      } else {
        folder(each, anchors, report);
      }
    }
  }

  private static boolean isEvidence(Path child) {
    if (Files.isDirectory(child, LinkOption.NOFOLLOW_LINKS)) {
      return Files.exists(child.resolve(BagLayout.DECLARATION)) || isAgentFolder(child);
    }
    return Files.isRegularFile(child, LinkOption.NOFOLLOW_LINKS)
        && child.toString().endsWith(".zip");
  }

  private static boolean isAgentFolder(Path folder) {
    return Files.exists(folder.resolve(ArtifactName.MANIFEST.value()))
        || Files.exists(folder.resolve(ArtifactName.ENVELOPE.value()));
  }

  private static Bundle bundle(Path folder, VerificationReport.Builder report) throws IOException {
    FolderBundle bundle = new FolderBundle(folder);
    for (String name : bundle.notRegular()) {
      report.problem(name + " is a link or a device, not a file");
    }
    return bundle;
  }

  private static void dataFolder(
      DataFolder folder, Anchors anchors, VerificationReport.Builder report) throws IOException {
    if (!anchors.agentKeys().isEmpty() || !anchors.logKeys().isEmpty()) {
      report.problem(
          "--agent-key and --log-key are for bags and agents' folders; a data folder has the keys"
              + " of its own log and of all its agents: compare it with --checkpoint");
    }
    Map<Id, List<CustodyEntry>> histories = custodyLog(folder, anchors, report);
    EvidenceStore store = FolderStore.existing(folder);
    Set<Id> evidence = new HashSet<>(store.evidence());
    for (Id id : new TreeSet<>(evidence)) {
      report.setSubject("evidence " + id);
      byte[] recordBytes = store.recordBytes(id);
      if (recordBytes != null) {
        Verification.check(store, id, recordBytes, histories.getOrDefault(id, List.of()), report);
      }
    }
    for (Map.Entry<Id, List<CustodyEntry>> entry : histories.entrySet()) {
      report.setSubject("evidence " + entry.getKey());
      new PurgeCheck(entry.getValue()).report(evidence.contains(entry.getKey()), report);
    }
  }

  private static Map<Id, List<CustodyEntry>> custodyLog(
      DataFolder folder, Anchors anchors, VerificationReport.Builder report) throws IOException {
    Map<Id, List<CustodyEntry>> histories = new HashMap<>();
    TreeCheck tree = new TreeCheck(folder, anchors, report);
    ChainCheck chain = new ChainCheck(null);
    try (InputStream in = Files.newInputStream(folder.custodyLog());
        Lines lines = new Lines(in, CustodyLog.LINE_MAX_BYTES)) {
      for (byte[] line = lines.next(); line != null; line = lines.next()) {
        ChainCheck.Step step = chain.next(line);
        tree.line(new LogLine(lines.number() - 1, line));
        if (step.problem() != null) {
          report.problem("custody.ndjson line " + lines.number() + ": " + step.problem());
        }
        if (!lines.ended()) {
          report.problem(
              "custody.ndjson line " + lines.number() + " does not end with a line feed");
        }
        CustodyEntry entry = step.entry();
        if (entry != null && entry.evidence() != null) {
          histories.computeIfAbsent(entry.evidence(), id -> new ArrayList<>(4)).add(entry);
        }
      }
    } catch (NoSuchFileException e) {
      report.problem("custody.ndjson is missing");
    }
    tree.end();
    return histories;
  }
}
