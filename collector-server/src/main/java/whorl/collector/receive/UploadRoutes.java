package whorl.collector.receive;

import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import whorl.collector.http.ProblemException;
import whorl.collector.http.Request;
import whorl.collector.http.Response;
import whorl.collector.http.Role;
import whorl.collector.http.Route;
import whorl.collector.store.EvidenceRecord;
import whorl.evidence.ArtifactName;
import whorl.evidence.CaptureState;
import whorl.evidence.Id;

/**
 * tus 1.0.0 for agents, one upload an artifact. Beyond the protocol: the same artifact created
 * again gives the upload there is; the envelope's last byte seals the evidence within its request.
 *
 * @see <a href="https://tus.io/protocols/resumable-upload">tus</a>
 */
final class UploadRoutes {
  static final String PATH = "/agent/v1/uploads";

  private static final int TOLD_MAX = 40;

  private final Receiver.Surroundings with;
  private final ReceiveLimits limits;
  private final Incoming incoming;
  private final Sealer sealer;
  private final UploadSlots slots;
  private final Admission admission;
  private final ReceiverCounters counters;

  UploadRoutes(
      Receiver.Surroundings with,
      ReceiveLimits limits,
      Incoming incoming,
      Sealer sealer,
      UploadSlots slots,
      ReceiverCounters counters) {
    this.with = with;
    this.limits = limits;
    this.incoming = incoming;
    this.sealer = sealer;
    this.slots = slots;
    this.admission = new Admission(limits, incoming, slots, with.freeBytes(), counters);
    this.counters = counters;
  }

  List<Route> routes() {
    String one = PATH + "/{id}";
    return List.of(
        Route.of("OPTIONS", PATH, Role.AGENT, request -> options()),
        Route.of("POST", PATH, Role.AGENT, this::create),
        Route.of("HEAD", one, Role.AGENT, this::head),
        new Route("PATCH", one, Role.AGENT, false, limits.artifactMaxBytes(), this::patch),
        Route.of("DELETE", one, Role.AGENT, this::terminate));
  }

  private Response options() {
    return Tus.answer(Response.empty(204))
        .with("Tus-Version", Tus.VERSION)
        .with("Tus-Extension", Tus.EXTENSIONS)
        .with("Tus-Checksum-Algorithm", Checksum.ALGORITHMS)
        .with("Tus-Max-Size", Long.toString(limits.artifactMaxBytes()));
  }

  private Response create(Request request) throws IOException {
    Tus.needVersion(request);
    Long length = Tus.declaredLength(request);
    UploadMetadata metadata = UploadMetadata.parse(request.header("Upload-Metadata"));
    if (length != null && length > admission.maxBytes(metadata.artifact())) {
      throw Tus.tooLong(metadata.artifact());
    }
    while (true) {
      refuseSealed(metadata);
      PendingEvidence pending = incoming.ofOrNew(metadata, with.clock().instant());
      synchronized (pending) {
        if (!pending.closed()) {
          return create(pending, metadata, length);
        }
      }
    }
  }

  private Response create(PendingEvidence pending, UploadMetadata metadata, @Nullable Long length)
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
        return located(existing, 200).with("Upload-Offset", Long.toString(existing.offset()));
      }
      admission.admit(pending, length);
      if (existing != null) {
        replace(pending, existing);
      }
      Upload upload = incoming.create(pending, metadata, length);
      if (upload.sha256() != null) {
        counters.artifactsReceived.increment();
        sealIfEnvelope(pending, upload);
      }
      return located(upload, 201);
    } finally {
      if (pending.size() == 0 && !pending.closed()) {
        incoming.removeAll(pending);
        slots.release(pending.evidence());
      }
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
        complete(pending, existing);
      } finally {
        existing.lock().unlock();
      }
    }
  }

  private void replace(PendingEvidence pending, Upload existing) throws IOException {
    if (!existing.lock().tryLock()) {
      throw Tus.inUse(existing);
    }
    try {
      incoming.remove(pending, existing);
      counters.uploadsDropped.increment();
    } finally {
      existing.lock().unlock();
    }
  }

  private void refuseSealed(UploadMetadata metadata) throws IOException {
    Id id = metadata.evidence();
    EvidenceRecord record = with.store().record(id);
    if (record == null) {
      return;
    }
    if (!record.agent().equals(metadata.agent())) {
      throw Tus.problem(409, "not this agent's", "evidence " + id + " belongs to another agent");
    }
    PendingEvidence stopped = incoming.of(id);
    if (stopped != null && record.state() != CaptureState.PARTIAL) {
      synchronized (stopped) {
        sealer.finishCommit(stopped);
      }
    }
    if (record.state() == CaptureState.SEALED) {
      throw Tus.problem(409, "already sealed", "evidence " + id + " is complete");
    }
    if (record.state() == CaptureState.FAILED) {
      throw Tus.problem(
          422,
          "refused",
          "evidence " + id + " was refused already: " + String.join("; ", record.problems()));
    }
  }

  private Response head(Request request) {
    Tus.needVersion(request);
    Upload upload = find(request);
    Response response =
        Tus.answer(Response.empty(200))
            .with("Cache-Control", "no-store")
            .with("Upload-Offset", Long.toString(upload.offset()))
            .with("Upload-Metadata", upload.metadata().header())
            .with("Upload-Expires", expires());
    return upload.length() < 0
        ? response.with("Upload-Defer-Length", "1")
        : response.with("Upload-Length", Long.toString(upload.length()));
  }

  private Response patch(Request request) throws IOException {
    Tus.needVersion(request);
    String type = request.header("Content-Type");
    if (type == null || !type.strip().toLowerCase(Locale.ROOT).equals(Tus.CHUNK_TYPE)) {
      throw Tus.problem(415, "wrong content type", "Content-Type must be " + Tus.CHUNK_TYPE);
    }
    long offset = Tus.number(request, "Upload-Offset");
    Checksum checksum = Checksum.parse(request.header("Upload-Checksum"));
    Upload upload = find(request);
    if (!upload.lock().tryLock()) {
      throw Tus.inUse(upload);
    }
    try {
      if (upload.gone()) {
        throw Tus.notFound();
      }
      return patch(request, upload, offset, checksum);
    } finally {
      upload.lock().unlock();
    }
  }

  private Response patch(Request request, Upload upload, long offset, @Nullable Checksum checksum)
      throws IOException {
    if (offset != upload.offset()) {
      throw Tus.problem(
          409,
          "wrong offset",
          "Upload-Offset is " + offset + ", the upload is at " + upload.offset(),
          Map.of("Upload-Offset", Long.toString(upload.offset())));
    }
    learnLength(request, upload);
    PendingEvidence pending = incoming.of(upload.metadata().evidence());
    if (pending == null) {
      throw Tus.notFound();
    }
    if (upload.sha256() == null) {
      append(request, upload, pending, checksum);
    }
    if (upload.length() == upload.offset()) {
      complete(pending, upload);
    }
    return Tus.answer(Response.empty(204))
        .with("Upload-Offset", Long.toString(upload.offset()))
        .with("Upload-Expires", expires());
  }

  /** A deferred length, told with a later chunk; it can't be changed. */
  private void learnLength(Request request, Upload upload) throws IOException {
    if (request.header("Upload-Length") == null) {
      return;
    }
    long length = Tus.number(request, "Upload-Length");
    if (upload.length() >= 0 ? length != upload.length() : length < upload.offset()) {
      throw Tus.problem(
          400, "wrong length", "Upload-Length " + length + " contradicts what is known");
    }
    if (length > admission.maxBytes(upload.metadata().artifact())) {
      throw Tus.tooLong(upload.metadata().artifact());
    }
    if (upload.length() < 0) {
      upload.setLength(length);
    }
  }

  private void append(
      Request request, Upload upload, PendingEvidence pending, @Nullable Checksum checksum)
      throws IOException {
    ArtifactName name = upload.metadata().artifact();
    long endMax = upload.length() < 0 ? admission.maxBytes(name) : upload.length();
    long start = upload.offset();
    if (request.contentLength() > endMax - start) {
      throw Tus.tooLong(name);
    }
    admission.needRoom(Math.max(0, request.contentLength()));
    RoomWatch body = new RoomWatch(request.body(), admission);
    Upload.Outcome outcome;
    try {
      outcome = upload.append(body, checksum, endMax);
    } catch (IOException e) {
      // The disk, not the client: if it is full the agent shall wait, and nothing was kept.
      admission.needRoom(1);
      throw e;
    }
    long received = upload.offset() - start;
    counters.bytesReceived.add(received);
    slots.touch(pending.evidence());
    progress(pending.received(upload, received, with.clock().instant()));
    if (body.refusal() != null) {
      throw body.refusal();
    }
    switch (outcome) {
      case KEPT -> {}
      case BROKEN_OFF -> throw new IOException("the agent broke off within a chunk");
      case TOO_LONG -> throw Tus.tooLong(name);
      case MISMATCH -> {
        counters.checksumMismatches.increment();
        throw Tus.problem(
            460, "checksum mismatch", "the chunk is not what Upload-Checksum says; send it again");
      }
    }
  }

  private void progress(SealListener.Arrived soFar) {
    try {
      with.listener().progress(soFar);
    } catch (RuntimeException e) {
      counters.listenerFailures.increment();
    }
  }

  private void complete(PendingEvidence pending, Upload upload) throws IOException {
    synchronized (pending) {
      if (upload.gone()) {
        throw Tus.notFound();
      }
      if (upload.sha256() == null) {
        incoming.complete(upload);
        counters.artifactsReceived.increment();
      }
      sealIfEnvelope(pending, upload);
    }
  }

  private void sealIfEnvelope(PendingEvidence pending, Upload upload) throws IOException {
    if (!upload.metadata().artifact().equals(ArtifactName.ENVELOPE)) {
      return;
    }
    SealOutcome outcome;
    try {
      outcome = sealer.seal(pending);
    } catch (IOException | RuntimeException e) {
      // An envelope that lies here whole means sealed to its agent: it must ship this one again.
      if (!upload.gone()) {
        incoming.remove(pending, upload);
      }
      admission.needRoom(1);
      throw e;
    }
    if (pending.closed()) {
      slots.release(pending.evidence());
    }
    if (outcome instanceof SealOutcome.Lacking lacking) {
      throw lacking(pending.evidence(), lacking);
    }
    if (outcome instanceof SealOutcome.Refused refused) {
      throw Tus.problem(
          422, "refused", "evidence " + pending.evidence() + " was refused: " + refused.problem());
    }
  }

  private static ProblemException lacking(Id evidence, SealOutcome.Lacking lacking) {
    String names =
        lacking.artifacts().keySet().stream()
            .limit(TOLD_MAX)
            .map(ArtifactName::value)
            .collect(Collectors.joining(","));
    String reasons =
        lacking.artifacts().values().stream().limit(TOLD_MAX).collect(Collectors.joining("; "));
    return Tus.problem(
        409,
        "artifacts missing",
        "evidence "
            + evidence
            + " is not sealed: "
            + reasons
            + "; ship them again, then manifest.dsse.json",
        Map.of("Whorl-Missing", names));
  }

  private Response terminate(Request request) throws IOException {
    Tus.needVersion(request);
    Upload upload = find(request);
    PendingEvidence pending = incoming.of(upload.metadata().evidence());
    if (pending == null) {
      throw Tus.notFound();
    }
    synchronized (pending) {
      if (!upload.lock().tryLock()) {
        throw Tus.inUse(upload);
      }
      try {
        if (upload.gone()) {
          throw Tus.notFound();
        }
        if (upload.sha256() != null) {
          throw Tus.problem(
              403, "arrived already", "an artifact that has come whole is kept; agents only add");
        }
        incoming.remove(pending, upload);
        counters.uploadsTerminated.increment();
        if (pending.size() == 0) {
          incoming.removeAll(pending);
          slots.release(pending.evidence());
        }
      } finally {
        upload.lock().unlock();
      }
    }
    return Tus.answer(Response.empty(204));
  }

  private Upload find(Request request) {
    Upload upload = incoming.upload(request.pathParameter("id"));
    if (upload == null) {
      throw Tus.notFound();
    }
    return upload;
  }

  private Response located(Upload upload, int status) {
    return Tus.answer(Response.empty(status))
        .with("Location", PATH + "/" + upload.id())
        .with("Upload-Expires", expires());
  }

  private String expires() {
    Instant at = with.clock().instant().plus(limits.expiry());
    return Tus.httpDate(at);
  }
}
