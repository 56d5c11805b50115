package whorl.collector.receive;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import whorl.collector.custody.Arrival;
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
  private final Receiver.Surroundings with;
  private final EvidenceStore store;
  private final CustodyLog custody;
  private final Committer committer;
  private final Incoming incoming;
  private final RecordingDeriver deriver = new RecordingDeriver();
  private final long freeReserveBytes;
  private final ReceiverCounters counters;

  Sealer(
      Receiver.Surroundings with,
      long freeReserveBytes,
      Committer committer,
      Incoming incoming,
      ReceiverCounters counters) {
    this.with = with;
    this.freeReserveBytes = freeReserveBytes;
    this.store = with.store();
    this.custody = with.custody();
    this.committer = committer;
    this.incoming = incoming;
    this.counters = counters;
  }

  /**
   * Ends what a failure stopped after the record was in the store: custody and catalog are made
   * good, and the uploads that it was made of go.
   *
   * @return whether there is evidence and nothing more is to come for it
   */
  boolean finishCommit(PendingEvidence pending) throws IOException {
    byte[] recordBytes = store.recordBytes(pending.evidence());
    if (recordBytes == null) {
      return false;
    }
    EvidenceRecord record = EvidenceRecord.parse(recordBytes);
    boolean partial = record.state() == CaptureState.PARTIAL;
    List<Upload> consumed = new ArrayList<>();
    for (Upload upload : pending.uploads()) {
      // An agent that came back after it was taken for dead has begun new ones.
      if (!partial || !upload.createdAt().isAfter(record.sealedAt())) {
        consumed.add(upload);
      }
    }
    if (!consumed.isEmpty()) {
      committer.bringHomeAgain(record, Digest.of(recordBytes));
    }
    if (consumed.size() == pending.size()) {
      incoming.removeAll(pending);
      return true;
    }
    for (Upload upload : consumed) {
      incoming.remove(pending, upload);
    }
    return false;
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
    ManifestCheck check =
        ManifestCheck.of(
            Files.readAllBytes(manifestUpload.content()),
            Files.readAllBytes(envelopeUpload.content()),
            arrivals(arrived),
            with.keys().keyOf(pending.agent()));
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
    for (ArtifactName name : check.unlisted()) {
      drop(pending, name);
      problems.add("artifact " + name + " had come, yet is not in the manifest: left out");
    }
    EvidenceRecord record =
        commit(
            pending,
            Story.of(manifest, with.services(), pending),
            CaptureState.SEALED,
            check.signature(),
            problems);
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
    EvidenceRecord earlier = store.record(pending.evidence());
    boolean nothing = pending.uploads().stream().allMatch(upload -> upload.offset() == 0);
    if (nothing) {
      custody.append(
          CustodyAction.EXPIRED,
          pending.evidence(),
          "collector",
          Map.of("why", why, "artifacts", "0"));
      incoming.removeAll(pending);
      return null;
    }
    needRoomForCopies(pending);
    long whole = pending.uploads().stream().filter(upload -> upload.sha256() != null).count();
    String problem =
        why
            + ": "
            + whole
            + " artifacts had come, "
            + (pending.size() - whole)
            + " more had begun to";
    List<StoredArtifact> before = earlier == null ? List.of() : earlier.artifacts();
    EvidenceRecord record;
    try (EvidenceStore.Pin pinned = store.pin(digests(before))) {
      // Once pinned it stays; what was purged a moment ago is not brought back.
      List<StoredArtifact> kept = store.contains(pending.evidence()) ? before : List.of();
      record =
          commit(
              pending,
              Story.of(Story.manifestOf(pending), with.services(), pending),
              CaptureState.PARTIAL,
              SignatureOutcome.NONE,
              List.of(problem),
              kept);
    }
    counters.evidencePartial.increment();
    return record;
  }

  /** What did not come whole, such as half a heap, is copied, but not into the disk's last room. */
  private void needRoomForCopies(PendingEvidence pending) throws IOException {
    long bytes = 0;
    for (Upload upload : pending.uploads()) {
      bytes += upload.sha256() == null ? upload.offset() : 0;
    }
    if (bytes > 0 && with.freeBytes().getAsLong() - freeReserveBytes < bytes) {
      throw new IOException(
          "evidence "
              + pending.evidence()
              + ": "
              + bytes
              + " bytes came incomplete, and the collector's disk has no room for a copy of them;"
              + " make room there");
    }
  }

  private SealOutcome refuse(
      PendingEvidence pending,
      @Nullable Manifest manifest,
      SignatureOutcome signature,
      List<String> problems)
      throws IOException {
    SignatureOutcome untrusted = new SignatureOutcome(false, signature.keyId());
    if (store.record(pending.evidence()) == null) {
      commit(
          pending,
          Story.of(manifest, with.services(), pending),
          CaptureState.FAILED,
          untrusted,
          problems);
    } else {
      // What an agent had sent before it was taken for dead is not given up for this.
      custody.append(
          CustodyAction.REFUSED,
          pending.evidence(),
          "agent " + pending.agent(),
          Map.of("problem", problems.get(0)));
      incoming.removeAll(pending);
    }
    counters.evidenceRefused.increment();
    return new SealOutcome.Refused(problems.get(0));
  }

  /** The envelope goes too: it is shipped again after what was lacking. */
  private SealOutcome lacking(PendingEvidence pending, SortedMap<ArtifactName, String> lacking)
      throws IOException {
    counters.sealsLacking.increment();
    for (ArtifactName name : lacking.keySet()) {
      drop(pending, name);
    }
    drop(pending, ArtifactName.ENVELOPE);
    return new SealOutcome.Lacking(lacking);
  }

  private void drop(PendingEvidence pending, ArtifactName name) throws IOException {
    Upload upload = pending.upload(name);
    if (upload != null && upload.sha256() != null) {
      incoming.remove(pending, upload);
      counters.uploadsDropped.increment();
    }
  }

  private EvidenceRecord commit(
      PendingEvidence pending,
      Story story,
      CaptureState state,
      SignatureOutcome signature,
      List<String> problems)
      throws IOException {
    return commit(pending, story, state, signature, problems, List.of());
  }

  private EvidenceRecord commit(
      PendingEvidence pending,
      Story story,
      CaptureState state,
      SignatureOutcome signature,
      List<String> problems,
      List<StoredArtifact> earlier)
      throws IOException {
    Path bench = incoming.workbench();
    Set<Digest> kept = new HashSet<>();
    try {
      Map<ArtifactName, StoredArtifact> artifacts = new TreeMap<>();
      earlier.forEach(artifact -> artifacts.put(artifact.name(), artifact));
      Map<Digest, Path> content = new LinkedHashMap<>();
      Gathering gathering = new Gathering(artifacts, content, bench, with.disk());
      for (Upload upload : pending.uploads()) {
        gathering.add(upload, state == CaptureState.PARTIAL);
      }
      List<String> told = new ArrayList<>(problems);
      if (state != CaptureState.FAILED) {
        String failure = deriver.derive(gathering);
        if (failure != null) {
          told.add(failure);
        }
      }
      kept.addAll(content.keySet());
      store.keep(content);
      EvidenceRecord record =
          new EvidenceRecord(
              EvidenceRecord.VERSION,
              pending.evidence(),
              pending.capture(),
              pending.agent(),
              story.service(),
              story.alert(),
              story.reason(),
              story.recipient(),
              state,
              with.clock().instant(),
              List.copyOf(artifacts.values()),
              signature,
              told,
              story.heap(),
              story.missing());
      Digest recordSha256 = store.commit(record);
      committer.bringHome(record, recordSha256);
      incoming.removeAll(pending);
      return record;
    } finally {
      store.settled(kept);
      with.disk().delete(bench);
    }
  }

  private static List<Digest> digests(List<StoredArtifact> artifacts) {
    return artifacts.stream().map(StoredArtifact::sha256).toList();
  }

  private static Map<ArtifactName, Upload> arrived(PendingEvidence pending) {
    Map<ArtifactName, Upload> arrived = new TreeMap<>();
    for (Upload upload : pending.uploads()) {
      if (upload.sha256() != null) {
        arrived.put(upload.metadata().artifact(), upload);
      }
    }
    return arrived;
  }

  private static Map<ArtifactName, Arrival> arrivals(Map<ArtifactName, Upload> uploads) {
    Map<ArtifactName, Arrival> arrivals = new TreeMap<>();
    uploads.forEach(
        (name, upload) -> {
          Digest sha256 = upload.sha256();
          if (sha256 != null) {
            arrivals.put(name, new Arrival(upload.offset(), sha256));
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
