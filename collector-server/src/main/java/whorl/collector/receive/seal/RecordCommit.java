package whorl.collector.receive.seal;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import whorl.collector.receive.ReceiverDependencies;
import whorl.collector.receive.uploads.PendingEvidence;
import whorl.collector.receive.uploads.Upload;
import whorl.collector.receive.uploads.Uploads;
import whorl.collector.store.objects.EvidenceRecord;
import whorl.collector.store.objects.EvidenceStore;
import whorl.collector.store.objects.SignatureOutcome;
import whorl.collector.store.objects.StoredArtifact;
import whorl.evidence.ArtifactName;
import whorl.evidence.Digest;
import whorl.evidence.Manifest;
import whorl.evidence.channel.CaptureState;

/** Makes a record of uploads: keeps their content, stores the record and publishes it. */
final class RecordCommit {
  private final ReceiverDependencies dependencies;
  private final long freeReserveBytes;
  private final EvidenceStore store;
  private final Uploads uploads;
  private final Committer committer;

  RecordCommit(
      ReceiverDependencies dependencies,
      long freeReserveBytes,
      Uploads uploads,
      Committer committer) {
    this.dependencies = dependencies;
    this.freeReserveBytes = freeReserveBytes;
    this.store = dependencies.store();
    this.uploads = uploads;
    this.committer = committer;
  }

  /**
   * What evidence is sealed with.
   *
   * @param listed the artifacts in the manifest, and the manifest
   */
  record Sealing(Manifest manifest, Map<ArtifactName, Digest> listed) {}

  /**
   * Commits and publishes a record, and removes the uploads that are in it.
   *
   * @param sealing what it is sealed with; null if it is not sealed
   */
  EvidenceRecord run(
      PendingEvidence pending,
      EvidenceSummary evidenceSummary,
      CaptureState state,
      SignatureOutcome signature,
      List<String> problems,
      @Nullable Sealing sealing)
      throws IOException {
    List<String> recordProblems = new ArrayList<>(problems);
    boolean copies = roomForCopies(pending, state, recordProblems);
    byte[] earlierBytes = store.recordBytes(pending.evidence());
    EvidenceRecord earlier = earlierBytes == null ? null : EvidenceRecord.parse(earlierBytes);
    List<StoredArtifact> before = earlier == null ? List.of() : earlier.artifacts();
    Set<Digest> keptContent = new HashSet<>();
    try (EvidenceStore.Pin pinned = store.pin(digests(before))) {
      // A pinned record stays; evidence that was just purged is not restored.
      boolean stillThere = earlier != null && store.contains(pending.evidence());
      List<StoredArtifact> existing = stillThere ? withoutDerived(before) : List.of();
      int receipt = existing.stream().mapToInt(each -> each.receipt() + 1).max().orElse(0);
      ArtifactAssembly artifactAssembly =
          new ArtifactAssembly(existing, sealing == null ? Map.of() : sealing.listed(), receipt);
      for (Upload upload : pending.uploads()) {
        add(upload, pending, copies, artifactAssembly, recordProblems);
      }
      if (!artifactAssembly.isComplete()) {
        throw new IOException(
            "evidence " + pending.evidence() + " has lost artifacts that had come before");
      }
      keptContent.addAll(artifactAssembly.content());
      pending.keep(keptContent, store);
      EvidenceRecord record =
          new EvidenceRecord(
              EvidenceRecord.VERSION,
              pending.evidence(),
              pending.capture(),
              pending.agent(),
              evidenceSummary.service(),
              evidenceSummary.alert(),
              evidenceSummary.reason(),
              evidenceSummary.recipient(),
              state,
              dependencies.clock().instant(),
              artifactAssembly.artifacts(),
              signature,
              recordProblems,
              evidenceSummary.heap(),
              evidenceSummary.missing());
      pending.requireTurn();
      Digest recordSha256 =
          store.commit(record, stillThere && earlierBytes != null ? Digest.of(earlierBytes) : null);
      if (recordSha256 == null) {
        throw new IOException(
            "evidence " + pending.evidence() + " has been sealed by another collector meanwhile");
      }
      pending.requireTurn();
      committer.publish(record, recordSha256, sealing == null ? null : sealing.manifest());
      pending.removeAll();
      return record;
    } finally {
      store.settled(keptContent);
    }
  }

  /**
   * @param copies true if there is room for the received bytes of incomplete uploads
   */
  private static void add(
      Upload upload,
      PendingEvidence pending,
      boolean copies,
      ArtifactAssembly artifactAssembly,
      List<String> problems)
      throws IOException {
    Digest sha256 = upload.sha256();
    if (sha256 != null) {
      artifactAssembly.add(upload, sha256);
    } else if (copies && upload.offset() > 0) {
      Digest frozen = pending.freeze(upload);
      if (frozen == null) {
        problems.add(
            "artifact "
                + upload.metadata().artifact()
                + " was still arriving, incomplete: left out");
      } else {
        artifactAssembly.addIncomplete(upload, frozen);
      }
    }
  }

  /** All artifacts but the derived ones, which the collector makes again. */
  private static List<StoredArtifact> withoutDerived(List<StoredArtifact> artifacts) {
    return artifacts.stream().filter(artifact -> !artifact.derived()).toList();
  }

  /**
   * Checks that there is room for copies of incomplete uploads, such as half a heap, without using
   * up the disk's reserve.
   *
   * @param problems receives a note about what is left out of sealed evidence, which is complete
   *     without it
   * @return true if the copies are to be made
   */
  private boolean roomForCopies(PendingEvidence pending, CaptureState state, List<String> problems)
      throws IOException {
    long bytes = 0;
    for (Upload upload : pending.uploads()) {
      bytes += upload.sha256() == null ? upload.offset() : 0;
    }
    if (bytes == 0
        || !uploads.exclusive() // the object store has room, or says that it has not
        || dependencies.freeBytes().getAsLong() - freeReserveBytes >= bytes) {
      return true;
    }
    String what = bytes + " bytes came incomplete, and the collector's disk has no room for a copy";
    if (state == CaptureState.SEALED) {
      problems.add(what + ": left out");
      return false;
    }
    throw new IOException("evidence " + pending.evidence() + ": " + what + "; make room there");
  }

  private static List<Digest> digests(List<StoredArtifact> artifacts) {
    return artifacts.stream().map(StoredArtifact::sha256).toList();
  }
}
