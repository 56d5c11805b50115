package whorl.collector.receive.bag;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import whorl.collector.custody.log.ImportEntry;
import whorl.collector.custody.verify.BagLayout;
import whorl.collector.custody.verify.OpenBag;
import whorl.collector.store.objects.EvidenceRecord;
import whorl.collector.store.objects.SignatureOutcome;
import whorl.collector.store.objects.StoredArtifact;
import whorl.evidence.ArtifactName;
import whorl.evidence.Digest;
import whorl.evidence.Missing;

/**
 * Evidence from elsewhere, copied into a folder of this process, before it is kept. What it had at
 * the other collector is among its artifacts, in the folder that {@link #folder} names. Used by one
 * thread.
 */
public final class StagedEvidence {
  private static final int HISTORIES_MAX = 99;

  private final Path work;
  private final EvidenceRecord from;
  private final String folder;
  private final SortedMap<ArtifactName, StoredArtifact> artifacts = new TreeMap<>();
  private final Map<Digest, Path> files = new HashMap<>();
  private final List<Missing> missing;
  private @Nullable String recipient;
  private @Nullable String logKey;
  private boolean hasHistory;

  /**
   * Evidence without artifacts.
   *
   * @param work an empty folder, which the caller deletes
   * @param from what is known of it; its artifacts are left out
   */
  public StagedEvidence(Path work, EvidenceRecord from) {
    this.work = work;
    this.from = from;
    this.recipient = from.recipient();
    this.missing = new ArrayList<>(from.missing());
    this.folder = freeFolder(from);
  }

  /**
   * Copies the evidence of a bag, with its history.
   *
   * @param altered true to go on with artifacts that are missing or not what the record says
   * @throws IOException also if an artifact is missing or is not what the record says
   */
  public static StagedEvidence of(OpenBag bag, Path work, boolean altered) throws IOException {
    StagedEvidence staged = new StagedEvidence(work, bag.record());
    for (StoredArtifact artifact : bag.record().artifacts()) {
      staged.copy(bag, artifact, altered);
    }
    for (String name : BagLayout.HISTORY) {
      byte[] content = bag.tagFile(name);
      if (content != null) {
        staged.addHistory(name, content);
      }
    }
    return staged;
  }

  /** The name of the first folder that none of the artifacts has, on Windows and macOS either. */
  private static String freeFolder(EvidenceRecord record) {
    for (int i = 1; i <= HISTORIES_MAX; i++) {
      String name = "earlier-" + i;
      if (record.artifacts().stream()
          .map(each -> each.name().value().toLowerCase(Locale.ROOT))
          .noneMatch(each -> each.startsWith(name + "/"))) {
        return name;
      }
    }
    throw new IllegalArgumentException(
        "evidence " + record.id() + " has been imported " + HISTORIES_MAX + " times already");
  }

  private void copy(OpenBag bag, StoredArtifact artifact, boolean altered) throws IOException {
    Path copy = newFile();
    Digest found;
    try (FileChannel channel = channel(copy);
        OutputStream out = Channels.newOutputStream(channel)) {
      found = bag.copy(artifact, out);
      channel.force(true);
    } catch (NoSuchFileException absent) {
      if (altered) {
        missing.add(new Missing(artifact.name().value(), "it is not in the bag"));
        return;
      }
      throw absent;
    }
    if (!found.equals(artifact.sha256()) && !altered) {
      throw new IOException(
          artifact.name() + " has changed since it was verified: its sha-256 is " + found);
    }
    put(
        new StoredArtifact(
            artifact.name(),
            Files.size(copy),
            found,
            artifact.mediaType(),
            artifact.derived(),
            artifact.incomplete(),
            artifact.unlisted(),
            0,
            artifact.cameAs()),
        copy);
  }

  private void addHistory(String name, byte[] content) throws IOException {
    hasHistory = true;
    Path copy = newFile();
    write(copy, content);
    StoredArtifact artifact =
        StoredArtifact.arrived(
                new ArtifactName(folder + "/" + name),
                content.length,
                Digest.of(content),
                name.endsWith(".txt") ? "text/plain" : "application/octet-stream")
            .unlisted(true);
    put(artifact, copy);
    if (name.equals(BagLayout.LOG_KEY)) {
      logKey = new String(content, StandardCharsets.UTF_8).strip();
    }
  }

  /** A new file in the folder, for an artifact that is added. */
  public Path newFile() {
    return work.resolve("artifact-" + files.size() + "-" + artifacts.size());
  }

  private static FileChannel channel(Path file) throws IOException {
    return FileChannel.open(
        file,
        StandardOpenOption.CREATE,
        StandardOpenOption.TRUNCATE_EXISTING,
        StandardOpenOption.WRITE);
  }

  private static void write(Path file, byte[] content) throws IOException {
    try (FileChannel channel = channel(file);
        OutputStream out = Channels.newOutputStream(channel)) {
      out.write(content);
      channel.force(true);
    }
  }

  /** Adds an artifact whose content is in this file. */
  public void put(StoredArtifact artifact, Path file) {
    artifacts.put(artifact.name(), artifact);
    files.put(artifact.sha256(), file);
  }

  /** True if there is an artifact of this name, or of one that differs in case alone. */
  public boolean has(ArtifactName name) {
    return artifacts.keySet().stream()
        .anyMatch(each -> each.equals(name) || each.differsInCaseAlone(name));
  }

  /** Says that something is not there, and why. */
  public void lacks(String artifact, String reason) {
    missing.add(new Missing(artifact, reason));
  }

  /** What is not there, and why. */
  public List<Missing> missing() {
    return List.copyOf(missing);
  }

  /** From now on its artifacts can be read, because they are here decrypted as well. */
  public void decrypted() {
    recipient = null;
  }

  /** What it is of, as it was at the other collector. */
  public EvidenceRecord from() {
    return from;
  }

  /** All artifacts that are here. */
  public List<StoredArtifact> artifacts() {
    return List.copyOf(artifacts.values());
  }

  /** The file with the content of an artifact that is here. */
  public Path file(StoredArtifact artifact) {
    Path file = files.get(artifact.sha256());
    if (file == null) {
      throw new IllegalArgumentException("not here: " + artifact.name());
    }
    return file;
  }

  Map<Digest, Path> files() {
    return Map.copyOf(files);
  }

  /** The record that this collector makes of it. */
  EvidenceRecord record(SignatureOutcome signature) {
    return new EvidenceRecord(
        EvidenceRecord.VERSION,
        from.id(),
        from.capture(),
        from.agent(),
        from.service(),
        from.alert(),
        from.reason(),
        recipient,
        from.state(),
        from.sealedAt(),
        artifacts(),
        signature,
        from.problems(),
        from.heap(),
        missing);
  }

  /** What custody is to say of it. */
  ImportEntry entry(Importer importer, Digest bag, Digest record) {
    return new ImportEntry(
        from.sealedAt(), // custody has the time itself
        importer.actor(),
        record.hex(),
        bag.hex(),
        hasHistory ? folder : null,
        logKey,
        importer.namespace(),
        importer.service());
  }
}
