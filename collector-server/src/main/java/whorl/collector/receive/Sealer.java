package whorl.collector.receive;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import whorl.collector.custody.ArtifactCheck;
import whorl.collector.custody.CustodyAction;
import whorl.collector.custody.CustodyLog;
import whorl.collector.custody.ManifestCheck;
import whorl.collector.store.EvidenceRecord;
import whorl.collector.store.EvidenceStore;
import whorl.collector.store.SignatureOutcome;
import whorl.collector.store.StoredArtifact;
import whorl.evidence.ArtifactName;
import whorl.evidence.CaptureState;
import whorl.evidence.Digest;
import whorl.evidence.Id;
import whorl.evidence.Manifest;

/**
 * Makes uploads into evidence. The caller holds the pending evidence's monitor, and its uploads
 * stay as they are until {@link Committer} has brought the evidence home, so that whatever is
 * interrupted can be done again from the start.
 */
final class Sealer {
  private static final int PROBLEMS_MAX = 64;

  private final Receiver.Surroundings with;
  private final EvidenceStore store;
  private final CustodyLog custody;
  private final Committer committer;
  private final UploadRegistry uploadRegistry;
  private final LargeDocuments manifests = new LargeDocuments();
  private final long freeReserveBytes;
  private final ReceiverCounters counters;

  Sealer(
      Receiver.Surroundings with,
      long freeReserveBytes,
      Committer committer,
      UploadRegistry uploadRegistry,
      ReceiverCounters counters) {
    this.with = with;
    this.freeReserveBytes = freeReserveBytes;
    this.store = with.store();
    this.custody = with.custody();
    this.committer = committer;
    this.uploadRegistry = uploadRegistry;
    this.counters = counters;
  }

  /**
   * Ends what a failure stopped after the record was in the store: custody and catalog are made
   * good, and the uploads that it was made of go. Others stay: an agent that was taken for dead, or
   * whose manifest did not hold, may go on.
   *
   * @return whether there is evidence and nothing more is to come for it
   */
  boolean finishCommit(PendingEvidence pending) throws IOException {
    byte[] recordBytes = store.recordBytes(pending.evidence());
    if (recordBytes == null) {
      return false;
    }
    EvidenceRecord record = EvidenceRecord.parse(recordBytes);
    List<Upload> kept =
        pending.uploads().stream()
            .filter(upload -> ArtifactAssembly.holds(record.artifacts(), upload))
            .toList();
    boolean done = kept.size() == pending.size() || !record.mayGrow();
    if (!kept.isEmpty()) {
      committer.bringHomeAgain(record, Digest.of(recordBytes));
    }
    if (done) {
      uploadRegistry.removeAll(pending);
      return true;
    }
    for (Upload upload : kept) {
      uploadRegistry.remove(pending, upload);
    }
    return false;
  }

  /** Custody is told of a record that the power went after, with the uploads it was made of. */
  void finishCustody(Id evidence) throws IOException {
    byte[] recordBytes = store.recordBytes(evidence);
    if (recordBytes != null) {
      committer.bringHomeAgain(EvidenceRecord.parse(recordBytes), Digest.of(recordBytes));
    }
  }

  /** The envelope is here: is everything else, and does it hold? */
  SealOutcome seal(PendingEvidence pending) throws IOException {
    Map<ArtifactName, Upload> arrived = arrived(pending);
    Upload manifestUpload = arrived.remove(ArtifactName.MANIFEST);
    Upload envelopeUpload = arrived.remove(ArtifactName.ENVELOPE);
    if (manifestUpload == null || envelopeUpload == null) {
      SortedMap<ArtifactName, String> lacking = new TreeMap<>();
      lacking.put(ArtifactName.MANIFEST, "artifact manifest.json is missing");
      return lacking(pending, lacking);
    }
    ManifestCheck check;
    try (LargeDocuments.Turn turn =
        manifests.await(manifestUpload.offset() + envelopeUpload.offset())) {
      check =
          ManifestCheck.of(
              Files.readAllBytes(manifestUpload.content()),
              Files.readAllBytes(envelopeUpload.content()),
              arrivals(arrived),
              with.keys().keyId(pending.agent()));
    }
    List<String> problems = new ArrayList<>(check.problems());
    Manifest manifest = check.manifest();
    if (manifest != null) {
      identity("evidence", pending.evidence(), manifest.evidence(), problems);
      identity("capture", pending.capture(), manifest.capture(), problems);
      identity("agent", pending.agent(), manifest.agent().id(), problems);
    }
    if (!problems.isEmpty()) {
      return refuse(pending, manifest, check.signature(), problems);
    }
    if (!check.lacking().isEmpty()) {
      return lacking(pending, check.lacking());
    }
    if (manifest == null) {
      throw new IllegalStateException("a manifest without a problem can be read");
    }
    for (ArtifactName name : check.unlisted()) {
      problems.add("artifact " + name + " had come, yet is not in the manifest: kept as unlisted");
    }
    EvidenceRecord record =
        commit(
            pending,
            EvidenceSummary.of(manifest, with.services(), pending),
            CaptureState.SEALED,
            check.signature(),
            problems,
            listed(manifest, manifestUpload, envelopeUpload));
    counters.evidenceSealed.increment();
    return new SealOutcome.Sealed(record);
  }

  /**
   * The agent is gone: what had come is kept. Null when nothing at all had come.
   *
   * @throws IOException also when there is no room now; the uploads then stay as they are
   */
  @Nullable EvidenceRecord keepPartial(PendingEvidence pending, String why) throws IOException {
    if (finishCommit(pending)) {
      return store.record(pending.evidence());
    }
    boolean nothing = pending.uploads().stream().allMatch(upload -> upload.offset() == 0);
    if (nothing) {
      custody.append(
          CustodyAction.EXPIRED,
          pending.evidence(),
          "collector",
          Map.of("why", why, "artifacts", "0"));
      uploadRegistry.removeAll(pending);
      return null;
    }
    long whole = pending.uploads().stream().filter(upload -> upload.sha256() != null).count();
    String problem =
        why
            + ": "
            + whole
            + " artifacts had come, "
            + (pending.size() - whole)
            + " more had begun to";
    EvidenceRecord record = commitOpen(pending, CaptureState.PARTIAL, List.of(problem));
    counters.evidencePartial.increment();
    return record;
  }

  /**
   * What did not come whole, such as half a heap, is copied, but not into the disk's last room.
   *
   * @param problems takes what is left out of sealed evidence, whose agent knows that it is whole
   * @return whether copies are to be made
   */
  private boolean roomForCopies(PendingEvidence pending, CaptureState state, List<String> problems)
      throws IOException {
    long bytes = 0;
    for (Upload upload : pending.uploads()) {
      bytes += upload.sha256() == null ? upload.offset() : 0;
    }
    if (bytes == 0 || with.freeBytes().getAsLong() - freeReserveBytes >= bytes) {
      return true;
    }
    String what = bytes + " bytes came incomplete, and the collector's disk has no room for a copy";
    if (state == CaptureState.SEALED) {
      problems.add(what + ": left out");
      return false;
    }
    throw new IOException("evidence " + pending.evidence() + ": " + what + "; make room there");
  }

  private SealOutcome refuse(
      PendingEvidence pending,
      @Nullable Manifest manifest,
      SignatureOutcome signature,
      List<String> problems)
      throws IOException {
    if (store.contains(pending.evidence())) {
      // What its agent had sent before stays what it was.
      custody.append(
          CustodyAction.REFUSED,
          pending.evidence(),
          "agent " + pending.agent(),
          Map.of("problem", problems.get(0)));
      commitOpen(pending, CaptureState.FAILED, problems);
    } else {
      commit(
          pending,
          EvidenceSummary.of(manifest, with.services(), pending),
          CaptureState.FAILED,
          new SignatureOutcome(false, signature.keyId(), signature.enrolled()),
          problems,
          Map.of());
    }
    counters.evidenceRefused.increment();
    return new SealOutcome.Refused(problems.get(0));
  }

  /**
   * What came and is not what the manifest says stays beside what is to come. The envelope goes: it
   * is shipped again after what was lacking.
   */
  private SealOutcome lacking(PendingEvidence pending, SortedMap<ArtifactName, String> lacking)
      throws IOException {
    counters.sealsLacking.increment();
    for (ArtifactName name : lacking.keySet()) {
      Upload upload = pending.upload(name);
      if (upload != null && upload.sha256() != null) {
        uploadRegistry.setAside(pending, upload);
      }
    }
    Upload envelope = pending.upload(ArtifactName.ENVELOPE);
    if (envelope != null && envelope.sha256() != null) {
      uploadRegistry.remove(pending, envelope);
      counters.uploadsDropped.increment();
    }
    return new SealOutcome.Lacking(lacking);
  }

  private @Nullable Manifest manifestOf(PendingEvidence pending) throws IOException {
    Upload upload = pending.upload(ArtifactName.MANIFEST);
    try (LargeDocuments.Turn turn = manifests.await(upload == null ? 0 : upload.offset())) {
      return EvidenceSummary.manifestOf(pending);
    }
  }

  /** Without a manifest that holds: of a state that is there already nothing is taken back. */
  private EvidenceRecord commitOpen(
      PendingEvidence pending, CaptureState state, List<String> problems) throws IOException {
    EvidenceRecord earlier = store.record(pending.evidence());
    List<String> all = new ArrayList<>(earlier == null ? List.of() : earlier.problems());
    for (String problem : problems) {
      if (!all.contains(problem) && all.size() < PROBLEMS_MAX) {
        all.add(problem);
      }
    }
    return commit(
        pending,
        earlier == null
            ? EvidenceSummary.of(manifestOf(pending), with.services(), pending)
            : EvidenceSummary.of(earlier),
        earlier == null ? state : earlier.state(),
        earlier == null ? SignatureOutcome.NONE : earlier.signature(),
        all,
        Map.of());
  }

  private EvidenceRecord commit(
      PendingEvidence pending,
      EvidenceSummary evidenceSummary,
      CaptureState state,
      SignatureOutcome signature,
      List<String> problems,
      Map<ArtifactName, Digest> listed)
      throws IOException {
    List<String> told = new ArrayList<>(problems);
    boolean copies = roomForCopies(pending, state, told);
    EvidenceRecord earlier = store.record(pending.evidence());
    List<StoredArtifact> before = earlier == null ? List.of() : earlier.artifacts();
    Path bench = uploadRegistry.workbench();
    Set<Digest> kept = new HashSet<>();
    try (EvidenceStore.Pin pinned = store.pin(digests(before))) {
      // Once pinned it stays; what was purged a moment ago is not brought back.
      boolean there = earlier != null && store.contains(pending.evidence());
      List<StoredArtifact> come = there ? came(before) : List.of();
      int receipt = come.stream().mapToInt(each -> each.receipt() + 1).max().orElse(0);
      ArtifactAssembly artifactAssembly =
          new ArtifactAssembly(come, listed, receipt, bench, with.disk());
      for (Upload upload : pending.uploads()) {
        if (upload.sha256() != null || copies) {
          artifactAssembly.add(upload);
        }
      }
      kept.addAll(artifactAssembly.content().keySet());
      store.keep(artifactAssembly.content());
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
              with.clock().instant(),
              artifactAssembly.artifacts(),
              signature,
              told,
              evidenceSummary.heap(),
              evidenceSummary.missing());
      Digest recordSha256 = store.commit(record);
      committer.bringHome(record, recordSha256);
      uploadRegistry.removeAll(pending);
      return record;
    } finally {
      store.settled(kept);
      with.disk().delete(bench);
    }
  }

  /** What the collector itself made of it is made again. */
  private static List<StoredArtifact> came(List<StoredArtifact> artifacts) {
    return artifacts.stream().filter(artifact -> !artifact.derived()).toList();
  }

  private static Map<ArtifactName, Digest> listed(
      Manifest manifest, Upload manifestUpload, Upload envelopeUpload) {
    Map<ArtifactName, Digest> listed = new HashMap<>();
    manifest.artifacts().forEach(artifact -> listed.put(artifact.name(), artifact.sha256()));
    listed.put(ArtifactName.MANIFEST, Objects.requireNonNull(manifestUpload.sha256()));
    listed.put(ArtifactName.ENVELOPE, Objects.requireNonNull(envelopeUpload.sha256()));
    return listed;
  }

  private static List<Digest> digests(List<StoredArtifact> artifacts) {
    return artifacts.stream().map(StoredArtifact::sha256).toList();
  }

  private static Map<ArtifactName, Upload> arrived(PendingEvidence pending) {
    Map<ArtifactName, Upload> arrived = new TreeMap<>();
    for (Upload upload : pending.named()) {
      if (upload.sha256() != null) {
        arrived.put(upload.metadata().artifact(), upload);
      }
    }
    return arrived;
  }

  private static Map<ArtifactName, ArtifactCheck> arrivals(Map<ArtifactName, Upload> uploads) {
    Map<ArtifactName, ArtifactCheck> arrivals = new TreeMap<>();
    uploads.forEach(
        (name, upload) -> {
          Digest sha256 = upload.sha256();
          if (sha256 != null) {
            arrivals.put(name, new ArtifactCheck(upload.offset(), sha256));
          }
        });
    return arrivals;
  }

  private static void identity(String what, Id uploaded, Id listed, List<String> problems) {
    if (!uploaded.equals(listed)) {
      problems.add("manifest.json is of " + what + " " + listed + ", shipped as " + uploaded);
    }
  }
}
