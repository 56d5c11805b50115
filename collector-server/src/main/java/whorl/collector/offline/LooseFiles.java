package whorl.collector.offline;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import whorl.collector.custody.verify.ArtifactCheck;
import whorl.collector.custody.verify.ManifestCheck;
import whorl.collector.receive.bag.StagedEvidence;
import whorl.collector.store.disk.FileDigest;
import whorl.collector.store.objects.EvidenceRecord;
import whorl.collector.store.objects.SignatureOutcome;
import whorl.collector.store.objects.StoredArtifact;
import whorl.evidence.ArtifactName;
import whorl.evidence.Digest;
import whorl.evidence.Id;
import whorl.evidence.Manifest;
import whorl.evidence.channel.CaptureState;

/** Artifacts that no collector kept: the folder that an agent wrote, or single files. */
final class LooseFiles {
  private static final int DEPTH_MAX = 2;
  private static final int FILES_MAX = 25_000;

  private LooseFiles() {}

  /** The artifacts of a folder, by name; what has no artifact's name is left out. */
  static SortedMap<ArtifactName, Path> of(Path folder) throws IOException {
    SortedMap<ArtifactName, Path> files = new TreeMap<>();
    Files.walkFileTree(
        folder,
        Set.of(),
        DEPTH_MAX,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            if (files.size() == FILES_MAX) {
              throw new IOException(folder + " holds more than " + FILES_MAX + " files");
            }
            if (attributes.isRegularFile()) {
              add(files, folder.relativize(file).toString().replace('\\', '/'), file);
            }
            return FileVisitResult.CONTINUE;
          }
        });
    return files;
  }

  /** Single files, by their own names. */
  static SortedMap<ArtifactName, Path> of(List<Path> paths) throws IOException {
    SortedMap<ArtifactName, Path> files = new TreeMap<>();
    for (Path path : paths) {
      add(files, String.valueOf(path.getFileName()), path);
      if (files.isEmpty()) {
        throw new IOException(path + " has no name of an artifact, such as recording.jfr.age");
      }
    }
    return files;
  }

  private static void add(SortedMap<ArtifactName, Path> files, String name, Path file) {
    try {
      files.put(new ArtifactName(name), file);
    } catch (IllegalArgumentException noArtifact) {
      // the verification names it
    }
  }

  /**
   * Copies artifacts, with what their manifest says of them.
   *
   * @param work an empty folder for the copies
   */
  static StagedEvidence stage(SortedMap<ArtifactName, Path> files, Path work, InstantSource clock)
      throws IOException {
    Map<ArtifactName, ArtifactCheck> found = new TreeMap<>();
    for (Map.Entry<ArtifactName, Path> each : files.entrySet()) {
      found.put(
          each.getKey(),
          new ArtifactCheck(Files.size(each.getValue()), FileDigest.of(each.getValue())));
    }
    ManifestCheck check = check(files, found);
    Manifest manifest = check == null ? null : check.manifest();
    StagedEvidence staged =
        new StagedEvidence(work, record(manifest, check, files.keySet(), clock));
    for (Map.Entry<ArtifactName, ArtifactCheck> each : found.entrySet()) {
      copy(staged, each.getKey(), files.get(each.getKey()), check);
    }
    return staged;
  }

  private static void copy(
      StagedEvidence staged, ArtifactName name, @Nullable Path file, @Nullable ManifestCheck check)
      throws IOException {
    if (file == null) {
      throw new NoSuchFileException(name.value());
    }
    Path copy = staged.newFile();
    Files.copy(file, copy);
    Digest sha256 = FileDigest.of(copy);
    boolean isUnlisted = check != null && check.unlisted().contains(name);
    staged.put(
        StoredArtifact.arrived(name, Files.size(copy), sha256, "application/octet-stream")
            .unlisted(isUnlisted),
        copy);
  }

  private static @Nullable ManifestCheck check(
      SortedMap<ArtifactName, Path> files, Map<ArtifactName, ArtifactCheck> found)
      throws IOException {
    byte[] manifest = small(files.get(ArtifactName.MANIFEST));
    if (manifest == null) {
      return null;
    }
    Map<ArtifactName, ArtifactCheck> listed = new TreeMap<>(found);
    listed.remove(ArtifactName.MANIFEST);
    listed.remove(ArtifactName.ENVELOPE);
    return ManifestCheck.of(manifest, small(files.get(ArtifactName.ENVELOPE)), listed, null);
  }

  private static byte @Nullable [] small(@Nullable Path file) throws IOException {
    return file == null || Files.size(file) > ManifestCheck.MANIFEST_MAX_BYTES
        ? null
        : Files.readAllBytes(file);
  }

  private static EvidenceRecord record(
      @Nullable Manifest manifest,
      @Nullable ManifestCheck check,
      Iterable<ArtifactName> names,
      InstantSource clock) {
    if (manifest == null) {
      String first = names.iterator().next().value();
      return new EvidenceRecord(
          EvidenceRecord.VERSION,
          Id.next(clock),
          Id.next(clock),
          Id.next(clock),
          "unknown",
          null,
          "opened from single files, " + first + " for one: no manifest says what they are of",
          null,
          CaptureState.PARTIAL,
          clock.instant(),
          List.of(),
          SignatureOutcome.NONE,
          List.of("there is no manifest"),
          null,
          List.of());
    }
    return new EvidenceRecord(
        EvidenceRecord.VERSION,
        manifest.evidence(),
        manifest.capture(),
        manifest.agent().id(),
        manifest.agent().service(),
        manifest.alert(),
        manifest.reason(),
        manifest.recipient(),
        CaptureState.SEALED,
        manifest.sealedAt(),
        List.of(),
        check == null ? SignatureOutcome.NONE : check.signature(),
        check == null ? List.of() : check.problems(),
        manifest.heap(),
        manifest.missing());
  }
}
