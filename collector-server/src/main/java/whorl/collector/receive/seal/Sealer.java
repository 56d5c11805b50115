package whorl.collector.receive.seal;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.collector.custody.log.CustodyAction;
import whorl.collector.custody.log.CustodyLog;
import whorl.collector.custody.verify.ArtifactCheck;
import whorl.collector.custody.verify.ManifestCheck;
import whorl.collector.receive.ReceiverCounters;
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
import whorl.evidence.Id;
import whorl.evidence.Manifest;
import whorl.evidence.Text;
import whorl.evidence.channel.CaptureState;

/**
 * Turns uploads into evidence. The caller has the turn of the pending evidence. The uploads stay
 * unchanged until {@link Committer} has published the evidence, so an interrupted seal can be
 * repeated from the start.
 */
public final class Sealer {
  private static final Logger LOG = LoggerFactory.getLogger(Sealer.class);
  private static final int PROBLEMS_MAX = 64;

  private final ReceiverDependencies dependencies;
  private final EvidenceStore store;
  private final CustodyLog custody;
  private final Committer committer;
  private final RecordCommit recordCommit;
  private final LargeDocuments manifests = new LargeDocuments();
  private final ReceiverCounters counters;

  public Sealer(
      ReceiverDependencies dependencies,
      long freeReserveBytes,
      Uploads uploads,
      ReceiverCounters counters) {
    this.dependencies = dependencies;
    this.store = dependencies.store();
    this.custody = dependencies.custody();
    this.committer = new Committer(dependencies, counters);
    this.recordCommit = new RecordCommit(dependencies, freeReserveBytes, uploads, committer);
    this.counters = counters;
  }

  /**
   * Completes a commit that failed after the record was in the store: completes custody and
   * catalog, and deletes the uploads that the record contains. Other uploads stay: an agent that
   * was taken for dead, or whose manifest was refused, may continue.
   *
   * @return true if the evidence is in the store and no upload of it remains
   */
  public boolean finishCommit(PendingEvidence pending) throws IOException {
    byte[] recordBytes = store.recordBytes(pending.evidence());
    if (recordBytes == null) {
      return false;
    }
    EvidenceRecord record = EvidenceRecord.parse(recordBytes);
    List<Upload> committed =
        pending.uploads().stream()
            .filter(upload -> ArtifactAssembly.holds(record.artifacts(), upload))
            .toList();
    boolean done = committed.size() == pending.size() || !record.mayGrow();
    if (!committed.isEmpty()) {
      committer.publish(record, Digest.of(recordBytes), manifestOf(record));
    }
    if (done) {
      pending.removeAll();
      return true;
    }
    for (Upload upload : committed) {
      pending.remove(upload);
    }
    return false;
  }

  /**
   * Adds to custody a record that was committed just before a power loss, after which its uploads
   * are gone.
   */
  void finishCustody(Id evidence) throws IOException {
    byte[] recordBytes = store.recordBytes(evidence);
    if (recordBytes != null) {
      EvidenceRecord record = EvidenceRecord.parse(recordBytes);
      committer.publish(record, Digest.of(recordBytes), manifestOf(record));
    }
  }

  /** The manifest that stored evidence was sealed with; null if it is not sealed. */
  private @Nullable Manifest manifestOf(EvidenceRecord record) throws IOException {
    StoredArtifact manifest = record.artifact(ArtifactName.MANIFEST);
    if (record.state() != CaptureState.SEALED || manifest == null) {
      return null;
    }
    try (LargeDocuments.Turn turn = manifests.await(manifest.size());
        InputStream in = store.read(manifest.sha256(), 0)) {
      return ManifestCheck.of(in.readAllBytes(), null, Map.of(), null).manifest();
    } catch (NoSuchFileException lost) {
      return null; // its evidence is named as lost
    }
  }

  /**
   * Seals the evidence if its envelope, its manifest and all listed artifacts are here and valid.
   * Evidence that is sealed already, by a collector that died then, is only completed.
   */
  public SealOutcome seal(PendingEvidence pending) throws IOException {
    EvidenceRecord earlier = store.record(pending.evidence());
    if (earlier != null && !earlier.mayGrow()) {
      finishCommit(pending);
      return new SealOutcome.Sealed(earlier);
    }
    Map<ArtifactName, Upload> arrived = arrived(pending);
    Upload manifestUpload = arrived.remove(ArtifactName.MANIFEST);
    Upload envelopeUpload = arrived.remove(ArtifactName.ENVELOPE);
    if (manifestUpload == null || envelopeUpload == null) {
      // Another request may have failed to seal, and removed the envelope that this one completed.
      ArtifactName first = manifestUpload == null ? ArtifactName.MANIFEST : ArtifactName.ENVELOPE;
      return lacking(pending, new TreeMap<>(Map.of(first, "artifact " + first + " is missing")));
    }
    ManifestCheck check;
    try (LargeDocuments.Turn turn =
        manifests.await(manifestUpload.offset() + envelopeUpload.offset())) {
      check =
          ManifestCheck.of(
              manifestUpload.content(),
              envelopeUpload.content(),
              arrivals(arrived, earlier),
              dependencies.keys().keyId(pending.agent()));
    }
    List<String> problems = new ArrayList<>(check.problems());
    Manifest manifest = check.manifest();
    if (manifest != null) {
      identity("evidence", pending.evidence(), manifest.evidence(), problems);
      identity("capture", pending.capture(), manifest.capture(), problems);
      identity("agent", pending.agent(), manifest.agent().id(), problems);
      String foreign = dependencies.owners().problem(manifest.agent());
      if (foreign != null) {
        problems.add(foreign);
      }
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
      if (arrived.containsKey(name)) {
        problems.add(
            "artifact " + name + " had come, yet is not in the manifest: kept as unlisted");
      }
    }
    EvidenceRecord record =
        recordCommit.run(
            pending,
            EvidenceSummary.of(manifest, dependencies.services(), pending),
            CaptureState.SEALED,
            check.signature(),
            problems,
            new RecordCommit.Sealing(manifest, listed(manifest, manifestUpload, envelopeUpload)));
    counters.evidenceSealed.increment();
    return new SealOutcome.Sealed(record);
  }

  /**
   * Seals as partial the artifacts of an agent that is gone. Returns null if no bytes arrived, or
   * if the evidence was sealed after the backup that the uploads are of: recovery finds it again.
   *
   * @throws IOException also if the disk has no room now; the uploads then stay as they are
   */
  public @Nullable EvidenceRecord keepPartial(PendingEvidence pending, String why)
      throws IOException {
    if (finishCommit(pending)) {
      return store.record(pending.evidence());
    }
    Upload envelope = pending.upload(ArtifactName.ENVELOPE);
    boolean mayBeSealed = envelope != null && envelope.sha256() != null;
    if (!mayBeSealed && store.wasSealed(pending.evidence())) {
      LOG.warn("evidence {} was sealed already: it is found again", pending.evidence());
      pending.removeAll();
      return null;
    }
    boolean nothing = pending.uploads().stream().allMatch(upload -> upload.offset() == 0);
    if (nothing) {
      custody.append(
          CustodyAction.EXPIRED,
          pending.evidence(),
          "collector",
          Map.of("why", why, "artifacts", "0"));
      pending.removeAll();
      return null;
    }
    long whole = pending.uploads().stream().filter(upload -> upload.sha256() != null).count();
    String problem =
        why
            + ": "
            + Text.counted(whole, "artifact")
            + " had come, "
            + (pending.size() - whole)
            + " more had begun to";
    EvidenceRecord record = commitOpen(pending, CaptureState.PARTIAL, List.of(problem));
    counters.evidencePartial.increment();
    return record;
  }

  private SealOutcome refuse(
      PendingEvidence pending,
      @Nullable Manifest manifest,
      SignatureOutcome signature,
      List<String> problems)
      throws IOException {
    if (store.contains(pending.evidence())) {
      // The artifacts that the agent sent before stay as they are.
      custody.append(
          CustodyAction.REFUSED,
          pending.evidence(),
          "agent " + pending.agent(),
          Map.of("problem", problems.get(0)));
      commitOpen(pending, CaptureState.FAILED, problems);
    } else {
      recordCommit.run(
          pending,
          EvidenceSummary.of(manifest, dependencies.services(), pending),
          CaptureState.FAILED,
          new SignatureOutcome(false, signature.keyId(), signature.enrolled()),
          problems,
          null);
    }
    counters.evidenceRefused.increment();
    return new SealOutcome.Refused(problems.get(0));
  }

  /**
   * Sets aside complete uploads that differ from the manifest, so that their names are free.
   * Removes the envelope: the agent ships it again after the missing artifacts.
   */
  private SealOutcome lacking(PendingEvidence pending, SortedMap<ArtifactName, String> lacking)
      throws IOException {
    counters.sealsLacking.increment();
    for (ArtifactName name : lacking.keySet()) {
      Upload upload = pending.upload(name);
      if (upload != null && upload.sha256() != null) {
        pending.setAside(upload);
      }
    }
    Upload envelope = pending.upload(ArtifactName.ENVELOPE);
    if (envelope != null && envelope.sha256() != null) {
      pending.remove(envelope);
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

  /** Commits without a valid manifest. An existing record keeps its state and its artifacts. */
  private EvidenceRecord commitOpen(
      PendingEvidence pending, CaptureState state, List<String> problems) throws IOException {
    EvidenceRecord earlier = store.record(pending.evidence());
    List<String> all = new ArrayList<>(earlier == null ? List.of() : earlier.problems());
    for (String problem : problems) {
      if (!all.contains(problem) && all.size() < PROBLEMS_MAX) {
        all.add(problem);
      }
    }
    return recordCommit.run(
        pending,
        earlier == null
            ? EvidenceSummary.of(manifestOf(pending), dependencies.services(), pending)
            : EvidenceSummary.of(earlier),
        earlier == null ? state : earlier.state(),
        earlier == null ? SignatureOutcome.NONE : earlier.signature(),
        all,
        null);
  }

  private static Map<ArtifactName, Digest> listed(
      Manifest manifest, Upload manifestUpload, Upload envelopeUpload) {
    Map<ArtifactName, Digest> listed = new HashMap<>();
    manifest.artifacts().forEach(artifact -> listed.put(artifact.name(), artifact.sha256()));
    listed.put(ArtifactName.MANIFEST, Objects.requireNonNull(manifestUpload.sha256()));
    listed.put(ArtifactName.ENVELOPE, Objects.requireNonNull(envelopeUpload.sha256()));
    return listed;
  }

  private static Map<ArtifactName, Upload> arrived(PendingEvidence pending) {
    Map<ArtifactName, Upload> arrived = new TreeMap<>();
    for (Upload upload : pending.namedUploads()) {
      if (upload.sha256() != null) {
        arrived.put(upload.metadata().artifact(), upload);
      }
    }
    return arrived;
  }

  /**
   * What has arrived, now or before. An agent that comes back cannot send again what it streamed,
   * such as a heap.
   *
   * @param earlier the record that the evidence has; null if it has none
   */
  private static Map<ArtifactName, ArtifactCheck> arrivals(
      Map<ArtifactName, Upload> uploads, @Nullable EvidenceRecord earlier) {
    Map<ArtifactName, ArtifactCheck> arrivals = new TreeMap<>();
    if (earlier != null) {
      for (StoredArtifact artifact : earlier.artifacts()) {
        if (artifact.belongsInManifest()) {
          arrivals.put(artifact.name(), new ArtifactCheck(artifact.size(), artifact.sha256()));
        }
      }
    }
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
