package whorl.collector.backup;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import whorl.collector.custody.log.CustodyCopy;
import whorl.collector.store.disk.DataFolder;
import whorl.collector.store.disk.Modes;
import whorl.collector.store.objects.EvidenceRecord;
import whorl.collector.store.objects.FolderStore;
import whorl.collector.store.objects.StoredArtifact;
import whorl.evidence.Digest;
import whorl.evidence.Id;

/**
 * Makes a data folder from a backup. Compares content with its digests while it copies, and records
 * with the custody log.
 */
public final class Restore {
  private static final List<String> WHOLE_FILES = List.of("cases.db", "catalog.db", "tokens");

  private Restore() {}

  /**
   * The result of a restore.
   *
   * @param problems the parts of the backup that are damaged or missing; empty if there are none
   */
  public record Outcome(BackupMark mark, List<String> problems) {
    public Outcome {
      problems = List.copyOf(problems);
    }
  }

  /**
   * Restores a backup.
   *
   * @param backup a folder that {@link Backup#make} wrote
   * @param data a folder that does not exist, is empty, or holds an interrupted restore
   * @throws IOException with a message that names the remedy; no server starts on the folder then
   */
  public static Outcome make(Path backup, Path data) throws IOException {
    BackupMark mark = BackupMark.read(backup);
    if (mark == null) {
      throw new IOException(backup + " is no backup: it has no " + BackupMark.NAME);
    }
    if (!mark.complete()) {
      throw new IOException(
          "the backup in " + backup + " was not finished; make it again, or take another");
    }
    DataFolder from = new DataFolder(backup);
    DataFolder to = new DataFolder(data);
    check(to);
    Files.createDirectories(to.root(), Modes.folder());
    CopiedFiles.replace(to.restoring(), new byte[0]);
    List<String> problems = new ArrayList<>();
    copyContent(from, to, problems);
    Files.createDirectories(to.custody(), Modes.folder());
    CustodyCopy custody = new CustodyCopy(from.custodyLog(), to.custodyLog());
    custody.extend();
    problems.addAll(custody.problems());
    Digest last = custody.last();
    if (custody.entries() != mark.custodyEntries()
        || last != null && !last.hex().equals(mark.custodyEnd())) {
      problems.add("custody.ndjson is not the one that was backed up");
    }
    copyRecords(from, to, custody, problems);
    CustodyFiles.copy(from, to);
    for (String name : WHOLE_FILES) {
      if (Files.exists(backup.resolve(name))) {
        CopiedFiles.copy(backup.resolve(name), data.resolve(name));
      }
    }
    Files.delete(to.restoring());
    return new Outcome(mark, problems);
  }

  private static void copyContent(DataFolder from, DataFolder to, List<String> problems)
      throws IOException {
    for (Digest sha256 : EvidenceCopy.blobs(from)) {
      if (!CopiedFiles.copy(from.blob(sha256), to.blob(sha256), sha256)) {
        problems.add("content " + sha256 + " is damaged; it was restored as it is");
      }
    }
  }

  /** Compares the records with the log, which lists what there must be. */
  private static void copyRecords(
      DataFolder from, DataFolder to, CustodyCopy custody, List<String> problems)
      throws IOException {
    Set<Id> missing = new TreeSet<>(custody.kept());
    for (Id evidence : new TreeSet<>(FolderStore.existing(from).evidence())) {
      missing.remove(evidence);
      CopiedFiles.copy(from.record(evidence), to.record(evidence));
      byte[] record = Files.readAllBytes(to.record(evidence));
      if (!custody.includes(evidence, Digest.of(record))) {
        problems.add(
            "evidence "
                + evidence
                + ": its record is not the one that custody names; it was restored as it is");
        continue;
      }
      for (StoredArtifact artifact : EvidenceRecord.parse(record).artifacts()) {
        if (!Files.exists(to.blob(artifact.sha256()))) {
          problems.add(
              "evidence " + evidence + ": its artifact " + artifact.name() + " is missing");
        }
      }
    }
    for (Id evidence : missing) {
      problems.add(
          "evidence " + evidence + ": custody says that it was kept, but the backup lacks it");
    }
  }

  private static void check(DataFolder to) throws IOException {
    if (!Files.isDirectory(to.root()) || Files.exists(to.restoring())) {
      return;
    }
    try (DirectoryStream<Path> files = Files.newDirectoryStream(to.root())) {
      for (Path file : files) {
        if (!file.endsWith("lost+found")) {
          throw new IOException(
              to.root() + " is not empty; restore into a new folder, then start serve with it");
        }
      }
    }
  }
}
