package whorl.collector.backup;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import whorl.collector.custody.log.CustodyCopy;
import whorl.collector.store.disk.DataFolder;
import whorl.collector.store.disk.Disk;
import whorl.collector.store.objects.EvidenceRecord;
import whorl.collector.store.objects.FolderStore;
import whorl.collector.store.objects.StoredArtifact;
import whorl.evidence.Digest;
import whorl.evidence.Id;

/**
 * Copies records and content in passes, until the copy agrees with its custody log: it has
 * everything that the log lists, and nothing newer. Existing content is not copied again.
 */
final class EvidenceCopy {
  /** Beside damaged content: each run copies it again, and names it. */
  private static final String DAMAGED = ".damaged";

  private final DataFolder from;
  private final DataFolder to;
  private final CustodyCopy custody;
  private final FolderStore store;
  private final Map<Id, Digest> copied = new HashMap<>();
  private final Set<Digest> damaged = new HashSet<>();
  private final Map<Id, String> missing = new HashMap<>();

  EvidenceCopy(DataFolder from, DataFolder to, CustodyCopy custody) {
    this.from = from;
    this.to = to;
    this.custody = custody;
    this.store = FolderStore.existing(from);
  }

  /**
   * Copies the evidence that custody lists and that the copy lacks.
   *
   * @return true if nothing is missing now
   */
  boolean pass() throws IOException {
    custody.extend();
    missing.clear();
    boolean complete = true;
    for (Id evidence : new TreeSet<>(custody.kept())) {
      complete &= isCopied(evidence) || copy(evidence);
    }
    return complete;
  }

  private boolean isCopied(Id evidence) {
    Digest record = copied.get(evidence);
    return record != null && custody.includes(evidence, record);
  }

  private boolean copy(Id evidence) throws IOException {
    byte[] bytes = store.recordBytes(evidence);
    if (bytes == null) {
      missing.put(evidence, "its record is missing");
      return false;
    }
    Digest record = Digest.of(bytes);
    if (!custody.includes(evidence, record)) {
      missing.put(evidence, "custody names another record than evidence.json");
      return false;
    }
    String lacking = copyContent(EvidenceRecord.parse(bytes));
    CopiedFiles.replace(to.record(evidence), bytes);
    if (lacking == null) {
      copied.put(evidence, record);
    } else {
      missing.put(evidence, lacking);
    }
    return lacking == null;
  }

  private @Nullable String copyContent(EvidenceRecord record) throws IOException {
    String lacking = null;
    for (StoredArtifact artifact : record.artifacts()) {
      Path target = to.blob(artifact.sha256());
      Path mark = target.resolveSibling(target.getFileName() + DAMAGED);
      if (Files.exists(target) && Files.size(target) == artifact.size() && !Files.exists(mark)) {
        continue;
      }
      try {
        if (CopiedFiles.copy(from.blob(artifact.sha256()), target, artifact.sha256())) {
          Files.deleteIfExists(mark);
        } else {
          CopiedFiles.replace(mark, new byte[0]);
          damaged.add(artifact.sha256());
        }
      } catch (NoSuchFileException missingBlob) {
        lacking = "its artifact " + artifact.name() + " is missing";
      }
    }
    return lacking;
  }

  /** The missing and damaged content of the collector. */
  List<String> problems() {
    List<String> problems = new ArrayList<>();
    for (Id evidence : new TreeSet<>(missing.keySet())) {
      problems.add("evidence " + evidence + ": " + missing.get(evidence));
    }
    damaged.stream()
        .map(Digest::hex)
        .sorted()
        .forEach(hex -> problems.add("content " + hex + " is damaged; it was copied as it is"));
    return problems;
  }

  /** Removes purged evidence from the copy, and counts the rest. */
  Content removePurged() throws IOException {
    Set<Digest> referred = new HashSet<>();
    Set<Id> kept = custody.kept();
    long evidenceCount = 0;
    for (Id evidence : FolderStore.existing(to).evidence()) {
      byte[] bytes = kept.contains(evidence) ? Files.readAllBytes(to.record(evidence)) : null;
      if (bytes == null) {
        Disk.LOCAL.delete(to.evidence(evidence));
      } else {
        evidenceCount++;
        EvidenceRecord.parse(bytes).artifacts().forEach(each -> referred.add(each.sha256()));
      }
    }
    long bytes = 0;
    long blobs = 0;
    for (Digest sha256 : blobs(to)) {
      if (referred.contains(sha256)) {
        blobs++;
        bytes += Files.size(to.blob(sha256));
      } else {
        Path blob = to.blob(sha256);
        Disk.LOCAL.delete(blob);
        Files.deleteIfExists(blob.resolveSibling(blob.getFileName() + DAMAGED));
      }
    }
    return new Content(evidenceCount, blobs, bytes);
  }

  /** The amount of copied content. */
  record Content(long evidence, long blobs, long bytes) {}

  /** All content in a folder; foreign files are left out. */
  static List<Digest> blobs(DataFolder folder) throws IOException {
    List<Digest> blobs = new ArrayList<>();
    if (!Files.isDirectory(folder.blobs())) {
      return blobs;
    }
    try (DirectoryStream<Path> shards =
        Files.newDirectoryStream(folder.blobs(), "[0-9a-f][0-9a-f]")) {
      for (Path shard : shards) {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(shard)) {
          for (Path file : files) {
            String name = file.getFileName().toString();
            if (name.matches("[0-9a-f]{64}")) {
              blobs.add(new Digest(name));
            }
          }
        }
      }
    }
    return blobs;
  }
}
