package whorl.collector.receive.tus;

import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.collector.http.request.ByteSource;
import whorl.collector.http.request.Request;
import whorl.collector.http.request.Response;
import whorl.collector.receive.ReceiverCounters;
import whorl.collector.receive.ReceiverDependencies;
import whorl.collector.receive.SealListener;
import whorl.collector.receive.uploads.Checksum;
import whorl.collector.receive.uploads.Upload;
import whorl.collector.receive.uploads.Uploads;
import whorl.evidence.ArtifactName;
import whorl.evidence.Digest;

/** Receives the bytes of an upload: {@code PATCH}. The last byte completes the upload. */
final class UploadChunks {
  private final ReceiverDependencies dependencies;
  private final Uploads uploads;
  private final Admission admission;
  private final ReceiverCounters counters;
  private final Completion completion;
  private final UploadAddresses addresses;

  UploadChunks(
      ReceiverDependencies dependencies,
      Uploads uploads,
      Admission admission,
      ReceiverCounters counters,
      Completion completion,
      UploadAddresses addresses) {
    this.dependencies = dependencies;
    this.uploads = uploads;
    this.admission = admission;
    this.counters = counters;
    this.completion = completion;
    this.addresses = addresses;
  }

  Response patch(Request request) throws IOException {
    Tus.requireVersion(request);
    if (!Tus.hasChunk(request)) {
      throw Tus.problem(415, "wrong content type", "Content-Type must be " + Tus.CHUNK_TYPE);
    }
    long offset = Tus.number(request, "Upload-Offset");
    Checksum checksum = Checksum.parse(request.header("Upload-Checksum"));
    Upload upload = addresses.lock(request);
    try {
      return patch(request, upload, offset, checksum);
    } finally {
      upload.unlock();
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
    applyLength(request, upload);
    receive(request, upload, checksum);
    return Tus.withVersion(Response.empty(204))
        .with("Upload-Offset", Long.toString(upload.offset()))
        .with("Upload-Expires", addresses.expires());
  }

  /** Receives the request's body into a locked upload; the last byte completes it. */
  void receive(Request request, Upload upload, @Nullable Checksum checksum) throws IOException {
    boolean incomplete = upload.sha256() == null;
    if (incomplete) {
      append(request, upload, checksum);
    }
    if (upload.length() == upload.offset()) {
      completion.complete(upload, incomplete);
    }
  }

  /** Takes a deferred length from a later chunk; a known length cannot change. */
  private void applyLength(Request request, Upload upload) throws IOException {
    if (request.header("Upload-Length") == null) {
      return;
    }
    long length = Tus.number(request, "Upload-Length");
    if (upload.length() >= 0 ? length != upload.length() : length < upload.offset()) {
      throw Tus.problem(
          400, "wrong length", "Upload-Length " + length + " contradicts the known length");
    }
    if (length > admission.maxBytes(upload.metadata().artifact())) {
      throw Tus.tooLong(upload.metadata().artifact());
    }
    if (upload.length() < 0) {
      upload.setLength(length);
    }
  }

  private void append(Request request, Upload upload, @Nullable Checksum checksum)
      throws IOException {
    ArtifactName name = upload.metadata().artifact();
    long endMax = upload.length() < 0 ? admission.maxBytes(name) : upload.length();
    long start = upload.offset();
    if (request.contentLength() > endMax - start) {
      throw Tus.tooLong(name);
    }
    Digest announced = ReprDigest.sha256(request.header("Repr-Digest"));
    if (announced != null && start == 0 && request.contentLength() == upload.length()) {
      upload.announce(announced);
    }
    admission.requireRoom(Math.max(0, request.contentLength()));
    dependencies.budget().bytes(request);
    RoomWatch body = new RoomWatch(ByteSource.of(request.body()), admission);
    Upload.Outcome outcome;
    try {
      outcome = upload.append(body, checksum, endMax);
    } catch (IOException e) {
      // The disk failed and not the client: if the disk is full the agent must wait; nothing was
      // kept.
      admission.requireRoom(1);
      throw e;
    }
    long received = upload.offset() - start;
    counters.bytesReceived.add(received);
    progress(uploads.received(upload, received, request.client()));
    if (body.refusal() != null) {
      throw body.refusal();
    }
    switch (outcome) {
      case KEPT -> {}
      case BROKEN_OFF -> throw new IOException("the agent closed the connection within a chunk");
      case TOO_LONG -> throw Tus.tooLong(name);
      case MISMATCH -> {
        counters.checksumMismatches.increment();
        throw Tus.problem(
            460, "checksum mismatch", "Upload-Checksum does not match the chunk; send it again");
      }
    }
  }

  private void progress(SealListener.@Nullable Arrived soFar) {
    try {
      if (soFar != null) {
        dependencies.listener().progress(soFar);
      }
    } catch (RuntimeException e) {
      counters.listenerFailures.increment();
    }
  }
}
