package whorl.collector.receive;

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.collector.http.Request;
import whorl.collector.http.Response;
import whorl.collector.limit.RemoteNetwork;
import whorl.collector.store.EvidenceRecord;
import whorl.collector.store.StoredArtifact;
import whorl.evidence.ArtifactName;
import whorl.evidence.Id;

/** An upload begins: {@code POST}, where what was begun before is found again or replaced. */
final class UploadCreation {
  /** Manifests of one piece of evidence that were followed by another one. */
  private static final int ASIDE_MAX = 64;

  private final Receiver.Surroundings with;
  private final UploadRegistry uploadRegistry;
  private final Sealer sealer;
  private final UploadSlots slots;
  private final Admission admission;
  private final ReceiverCounters counters;
  private final Completion completion;
  private final UploadAddresses addresses;

  UploadCreation(
      Receiver.Surroundings with,
      UploadRegistry uploadRegistry,
      Sealer sealer,
      UploadSlots slots,
      Admission admission,
      ReceiverCounters counters,
      Completion completion,
      UploadAddresses addresses) {
    this.with = with;
    this.uploadRegistry = uploadRegistry;
    this.sealer = sealer;
    this.slots = slots;
    this.admission = admission;
    this.counters = counters;
    this.completion = completion;
    this.addresses = addresses;
  }

  Response create(Request request) throws IOException {
    Tus.needVersion(request);
    Long length = Tus.declaredLength(request);
    UploadMetadata metadata = UploadMetadata.parse(request.header("Upload-Metadata"));
    if (length != null && length > admission.maxBytes(metadata.artifact())) {
      throw Tus.tooLong(metadata.artifact());
    }
    while (true) {
      List<StoredArtifact> kept = keptArtifacts(metadata);
      PendingEvidence pending = uploadRegistry.ofOrNew(metadata, with.clock().instant());
      synchronized (pending) {
        if (!pending.closed()) {
          return create(RemoteNetwork.of(request.remoteAddress()), pending, kept, metadata, length);
        }
      }
    }
  }

  /**
   * @param kept the artifacts that the evidence has already
   */
  private Response create(
      String address,
      PendingEvidence pending,
      List<StoredArtifact> kept,
      UploadMetadata metadata,
      @Nullable Long length)
      throws IOException {
    if (!pending.accepts(metadata)) {
      throw Tus.problem(
          409,
          "not this agent's",
          "evidence " + metadata.evidence() + " belongs to another agent or capture");
    }
    try {
      Upload existing = pending.upload(metadata.artifact());
      if (existing != null && sameLength(existing, length)) {
        completeLate(pending, existing);
        return addresses
            .located(existing, 200)
            .with("Upload-Offset", Long.toString(existing.offset()));
      }
      needOwnFile(pending, kept, metadata.artifact());
      admission.admit(address, pending, kept.size(), length);
      if (existing != null) {
        replace(pending, existing);
      }
      Upload upload = uploadRegistry.create(pending, metadata, length, address);
      if (upload.sha256() != null) {
        counters.artifactsReceived.increment();
        completion.sealIfEnvelope(pending, upload);
      }
      return addresses.located(upload, 201);
    } finally {
      if (pending.size() == 0 && !pending.closed()) {
        uploadRegistry.removeAll(pending);
        slots.release(pending.evidence());
      }
    }
  }

  /**
   * Two names that differ in case alone are one file on Windows and macOS, where bags are opened.
   */
  private static void needOwnFile(
      PendingEvidence pending, List<StoredArtifact> kept, ArtifactName name) {
    ArtifactName alike = pending.alike(name);
    for (StoredArtifact each : kept) {
      if (each.name().differsInCaseAlone(name)) {
        alike = each.name();
      }
    }
    if (alike != null) {
      throw Tus.problem(
          409,
          "not two files everywhere",
          "artifact " + name + " and " + alike + ", which is there, differ in case alone");
    }
  }

  /** What was begun as a stream and is now sent from a file is not the same upload. */
  private static boolean sameLength(Upload existing, @Nullable Long length) {
    return length == null || existing.length() == length;
  }

  /** All bytes are here, but the disk failed when they were to be made durable. */
  private void completeLate(PendingEvidence pending, Upload existing) throws IOException {
    if (existing.sha256() == null
        && existing.offset() == existing.length()
        && existing.lock().tryLock()) {
      try {
        completion.complete(pending, existing);
      } finally {
        existing.lock().unlock();
      }
    }
  }

  /** What has come whole stays; only of a manifest an agent may have a later one. */
  private void replace(PendingEvidence pending, Upload existing) throws IOException {
    if (!existing.lock().tryLock()) {
      throw Tus.inUse(existing);
    }
    try {
      if (existing.sha256() == null) {
        uploadRegistry.remove(pending, existing);
        counters.uploadsDropped.increment();
      } else if (existing.metadata().artifact().equals(ArtifactName.MANIFEST)
          && pending.asideSize() < ASIDE_MAX) {
        uploadRegistry.setAside(pending, existing);
      } else {
        throw Tus.problem(
            409,
            "arrived already",
            "artifact "
                + existing.metadata().artifact()
                + " has come whole, with "
                + existing.length()
                + " bytes; what was acknowledged is not replaced");
      }
    } finally {
      existing.lock().unlock();
    }
  }

  /**
   * The artifacts that the evidence has, where more may come.
   *
   * @throws whorl.collector.http.ProblemException where none may
   */
  private List<StoredArtifact> keptArtifacts(UploadMetadata metadata) throws IOException {
    Id id = metadata.evidence();
    EvidenceRecord record = with.store().record(id);
    if (record == null) {
      if (with.custody().purged(id)) {
        // The agent may let go of its copy: it had come whole, and was deleted on purpose.
        throw Tus.problem(409, "already sealed", "evidence " + id + " was here and was purged");
      }
      return List.of();
    }
    if (!record.agent().equals(metadata.agent())) {
      throw Tus.problem(409, "not this agent's", "evidence " + id + " belongs to another agent");
    }
    PendingEvidence stopped = uploadRegistry.of(id);
    if (stopped != null && !record.mayGrow()) {
      synchronized (stopped) {
        sealer.finishCommit(stopped);
      }
    }
    if (!record.mayGrow()) {
      throw Tus.problem(409, "already sealed", "evidence " + id + " is complete");
    }
    return record.artifacts();
  }
}
