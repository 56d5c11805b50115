package whorl.collector.sql;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import whorl.collector.confine.ConfinedJvm;
import whorl.collector.custody.verify.OpenBag;
import whorl.collector.store.disk.DataFolder;
import whorl.collector.store.disk.Disk;
import whorl.collector.store.objects.EvidenceRecord;
import whorl.collector.store.objects.FolderStore;
import whorl.collector.store.objects.StoredArtifact;
import whorl.collector.timeline.IndexStatus;
import whorl.collector.timeline.index.OfflineIndex;
import whorl.collector.timeline.index.StoredTimelines;
import whorl.collector.timeline.read.EvidenceReader;
import whorl.evidence.ArtifactName;
import whorl.evidence.Digest;
import whorl.evidence.Id;

/**
 * Evidence of bags, indexed without a collector: what a timeline is made of is copied into a data
 * folder of this object, and the confined indexer reads it there as in a collector. Verifying the
 * bags is the caller's. Used by one thread.
 */
public final class BagEvidence implements AutoCloseable {
  private static final long SIZE_MAX = Long.MAX_VALUE >> 2;
  private static final Duration NO_WAIT = Duration.ofSeconds(10);

  private final DataFolder folder;
  private final FolderStore store;
  private final StoredTimelines timelines;
  private final ConfinedJvm confined;
  private final OfflineIndex index;
  private final LongSupplier freeBytes;
  private final boolean altered;
  private final Map<Id, List<byte[]>> custody = new HashMap<>();

  /**
   * @param folder an empty folder for this object only; the caller deletes it
   * @param freeBytes the free space there that may be used
   * @param altered true to go on with artifacts that are missing or not what the record says
   */
  public BagEvidence(Path folder, LongSupplier freeBytes, boolean altered) throws IOException {
    this.folder = new DataFolder(folder.resolve("data"));
    this.store = FolderStore.open(this.folder, Disk.LOCAL);
    this.timelines = new StoredTimelines(this.folder);
    this.confined = new ConfinedJvm(folder.resolve("jvms"), 1, NO_WAIT);
    this.index =
        new OfflineIndex(
            store, this.folder, id -> custody.getOrDefault(id, List.of()), this.confined);
    this.freeBytes = freeBytes;
    this.altered = altered;
  }

  /**
   * Copies and indexes the evidence of a bag.
   *
   * @return with a timeline, or without one if the indexer gave up; null if it is not selected, or
   *     was in an earlier bag
   * @throws IOException also if an artifact is missing or is not what the record says, or if there
   *     is no room for a copy
   */
  public @Nullable SqlPiece add(Path path, EvidenceSelection selection)
      throws IOException, InterruptedException {
    try (OpenBag bag = OpenBag.open(path)) {
      EvidenceRecord record = bag.record();
      if (!selection.has(record) || custody.containsKey(record.id())) {
        return null;
      }
      requireRoom(record);
      custody.put(record.id(), bag.custody());
      List<StoredArtifact> copied = new ArrayList<>();
      for (StoredArtifact artifact : record.artifacts()) {
        // one that is not read, such as an encrypted one, is only named by the record
        StoredArtifact here = isRead(artifact) ? copied(bag, artifact) : artifact;
        if (here != null) {
          copied.add(here);
        }
      }
      store.commit(record.with(copied));
      IndexStatus status = index.index(record.id(), fraction -> {});
      return new SqlPiece(
          record, status.state() == IndexStatus.State.READY ? timelines.of(record.id()) : null);
    }
  }

  private void requireRoom(EvidenceRecord record) throws IOException {
    long bytes = 0;
    for (StoredArtifact artifact : record.artifacts()) {
      // the bag says these sizes: their sum must not begin anew below zero
      long more = isRead(artifact) ? Math.min(SIZE_MAX, artifact.size()) : 0;
      bytes = Math.min(SIZE_MAX, bytes + more);
    }
    // a timeline is smaller than what it is made of
    if (freeBytes.getAsLong() < 2 * bytes) {
      throw new IOException(
          "the folder for temporary files has no room for "
              + (2 * bytes >> 20)
              + " MiB; name another with java -Djava.io.tmpdir");
    }
  }

  private static boolean isRead(StoredArtifact artifact) {
    String name = artifact.name().value();
    return !artifact.name().isEncrypted()
        && (EvidenceReader.reads(name)
            || EvidenceReader.isLookedUp(name)
            || artifact.name().equals(ArtifactName.MANIFEST));
  }

  /** The artifact as it is in the store now; null if it is missing, and may be. */
  private @Nullable StoredArtifact copied(OpenBag bag, StoredArtifact artifact) throws IOException {
    Path copy = Files.createTempFile(folder.root(), "artifact", ".copy");
    try {
      Digest found;
      try (OutputStream out = Files.newOutputStream(copy)) {
        found = bag.copy(artifact, out);
      } catch (NoSuchFileException missing) {
        if (altered) {
          return null;
        }
        throw missing;
      }
      if (!found.equals(artifact.sha256()) && !altered) {
        throw new IOException(
            artifact.name() + " has changed since it was verified: its sha-256 is " + found);
      }
      store.keep(Map.of(found, copy));
      return StoredArtifact.arrived(artifact.name(), Files.size(copy), found, artifact.mediaType());
    } finally {
      Files.deleteIfExists(copy);
    }
  }

  @Override
  public void close() {
    confined.close();
  }
}
