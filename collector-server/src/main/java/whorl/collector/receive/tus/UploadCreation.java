package whorl.collector.receive.tus;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.collector.http.request.ProblemException;
import whorl.collector.http.request.Request;
import whorl.collector.http.request.Response;
import whorl.collector.receive.ReceiverCounters;
import whorl.collector.receive.ReceiverDependencies;
import whorl.collector.receive.seal.Sealer;
import whorl.collector.receive.uploads.Checksum;
import whorl.collector.receive.uploads.PendingEvidence;
import whorl.collector.receive.uploads.Upload;
import whorl.collector.receive.uploads.UploadMetadata;
import whorl.collector.receive.uploads.Uploads;
import whorl.collector.store.objects.EvidenceRecord;
import whorl.collector.store.objects.StoredArtifact;
import whorl.evidence.ArtifactName;
import whorl.evidence.Id;

/** Creates an upload: {@code POST}. An upload that already exists is found again or replaced. */
final class UploadCreation {
  /** The maximum number of manifests of one piece of evidence that a later manifest replaced. */
  private static final int ASIDE_MAX = 64;

  private final ReceiverDependencies dependencies;
  private final Uploads uploads;
  private final Sealer sealer;
  private final Admission admission;
  private final ReceiverCounters counters;
  private final Completion completion;
  private final UploadChunks chunks;
  private final UploadAddresses addresses;

  UploadCreation(
      ReceiverDependencies dependencies,
      Uploads uploads,
      Sealer sealer,
      Admission admission,
      ReceiverCounters counters,
      Completion completion,
      UploadChunks chunks,
      UploadAddresses addresses) {
    this.dependencies = dependencies;
    this.uploads = uploads;
    this.sealer = sealer;
    this.admission = admission;
    this.counters = counters;
    this.completion = completion;
    this.chunks = chunks;
    this.addresses = addresses;
  }

  Response create(Request request) throws IOException {
    Tus.requireVersion(request);
    Long length = Tus.declaredLength(request);
    UploadMetadata metadata = UploadMetadata.parse(request.header("Upload-Metadata"));
    if (length != null && length > admission.maxBytes(metadata.artifact())) {
      throw Tus.tooLong(metadata.artifact());
    }
    Checksum checksum = Checksum.parse(request.header("Upload-Checksum"));
    dependencies.owners().require(metadata.agent(), request);
    boolean chunk = Tus.hasChunk(request);
    Upload quick =
        admission.hasRoom(length == null ? 0 : length)
            ? uploads.createQuickly(metadata, length, request.client(), chunk)
            : null;
    if (quick != null) {
      return chunk ? withChunk(request, quick, checksum) : addresses.located(quick, 201);
    }
    Upload created;
    try (PendingEvidence pending = uploads.begin(metadata)) {
      try {
        // Only now: another request may have sealed the evidence while this one waited.
        List<StoredArtifact> kept = keptArtifacts(pending, metadata);
        Upload existing = existing(pending, metadata, length);
        if (existing != null) {
          return addresses
              .located(existing, 200)
              .with("Upload-Offset", Long.toString(existing.offset()));
        }
        created = create(request, pending, kept, metadata, length);
      } finally {
        if (pending.size() == 0 && !pending.removed()) {
          pending.removeAll();
        }
      }
    }
    if (!chunk || created.sha256() != null) {
      return addresses.located(created, 201);
    }
    Upload locked = uploads.lock(created.id());
    if (locked == null) {
      throw Tus.notFound();
    }
    return withChunk(request, locked, checksum);
  }

  /**
   * Receives the artifact's first chunk, or all of it, with the request that creates it.
   *
   * @param upload locked
   */
  private Response withChunk(Request request, Upload upload, @Nullable Checksum checksum)
      throws IOException {
    Response located = addresses.located(upload, 201);
    try {
      chunks.receive(request, upload, checksum);
    } catch (ProblemException e) {
      // The upload is there: its sender goes on with PATCH.
      Map<String, String> headers = new LinkedHashMap<>(e.headers());
      headers.put("Location", UploadRoutes.PATH + "/" + upload.id());
      throw new ProblemException(e.status(), e.title(), String.valueOf(e.getMessage()), headers);
    } finally {
      upload.unlock();
    }
    return located.with("Upload-Offset", Long.toString(upload.offset()));
  }

  /** The upload of this artifact that goes on; null if a new one is to be created. */
  private @Nullable Upload existing(
      PendingEvidence pending, UploadMetadata metadata, @Nullable Long length) throws IOException {
    if (!pending.accepts(metadata)) {
      throw Tus.problem(
          409,
          "not this agent's",
          "evidence " + metadata.evidence() + " belongs to another agent or capture");
    }
    Upload existing = pending.upload(metadata.artifact());
    if (existing == null || !sameLength(existing, length)) {
      return null;
    }
    retryCompletion(pending, existing);
    return existing;
  }

  /**
   * @param kept the artifacts that the evidence already has
   */
  private Upload create(
      Request request,
      PendingEvidence pending,
      List<StoredArtifact> kept,
      UploadMetadata metadata,
      @Nullable Long length)
      throws IOException {
    String client = request.client();
    if (kept.isEmpty() && pending.size() == 0) {
      dependencies.budget().evidence(request);
    }
    Upload existing = pending.upload(metadata.artifact());
    requireDistinctFile(pending, kept, metadata.artifact());
    admission.admit(client, pending, kept.size(), length);
    if (existing != null) {
      replace(pending, existing);
    }
    Upload upload = pending.create(metadata, length, client, kept.size());
    if (upload.sha256() != null) {
      counters.artifactsReceived.increment();
      completion.sealIfEnvelope(pending, upload);
    }
    return upload;
  }

  /**
   * Checks that no other name differs only in case: both would be one file on Windows and macOS,
   * where bags are opened.
   */
  private static void requireDistinctFile(
      PendingEvidence pending, List<StoredArtifact> kept, ArtifactName name) {
    ArtifactName otherName = pending.nameDifferingInCase(name);
    for (StoredArtifact each : kept) {
      if (each.name().differsInCaseAlone(name)) {
        otherName = each.name();
      }
    }
    if (otherName != null) {
      throw Tus.problem(
          409,
          "not two files everywhere",
          "artifact " + name + " and " + otherName + ", which is there, differ in case alone");
    }
  }

  /** False if an upload began as a stream and is now sent from a file. */
  private static boolean sameLength(Upload existing, @Nullable Long length) {
    return length == null || existing.length() == length;
  }

  /** Completes an upload whose bytes are all here, but which the disk failed to make durable. */
  private void retryCompletion(PendingEvidence pending, Upload existing) throws IOException {
    if (existing.sha256() == null
        && existing.offset() == existing.length()
        && pending.lock(existing)) {
      try {
        completion.complete(pending, existing);
      } finally {
        existing.unlock();
      }
    }
  }

  /**
   * Replaces an incomplete upload. A complete one stays, except a manifest, which an agent may send
   * again.
   */
  private void replace(PendingEvidence pending, Upload existing) throws IOException {
    if (!pending.lock(existing)) {
      throw Tus.inUse(existing.offset());
    }
    try {
      if (existing.sha256() == null) {
        pending.remove(existing);
        counters.uploadsDropped.increment();
      } else if (existing.metadata().artifact().equals(ArtifactName.MANIFEST)
          && pending.asideSize() < ASIDE_MAX) {
        pending.setAside(existing);
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
      existing.unlock();
    }
  }

  /**
   * The artifacts that the evidence already has.
   *
   * @throws whorl.collector.http.request.ProblemException if no more may be added
   */
  private List<StoredArtifact> keptArtifacts(PendingEvidence pending, UploadMetadata metadata)
      throws IOException {
    Id id = metadata.evidence();
    EvidenceRecord record = dependencies.store().record(id);
    if (record == null) {
      if (dependencies.custody().purged(id)) {
        // The agent may delete its copy: the evidence was complete here, and was purged on
        // purpose.
        throw Tus.problem(409, "already sealed", "evidence " + id + " was here and was purged");
      }
      return List.of();
    }
    if (!record.agent().equals(metadata.agent())) {
      throw Tus.problem(409, "not this agent's", "evidence " + id + " belongs to another agent");
    }
    if (!record.mayGrow()) {
      sealer.finishCommit(pending);
      throw Tus.problem(409, "already sealed", "evidence " + id + " is complete");
    }
    return record.artifacts();
  }
}
