package whorl.collector.receive.tus;

import java.io.IOException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import whorl.collector.http.request.Request;
import whorl.collector.http.request.Response;
import whorl.collector.receive.ReceiveLimits;
import whorl.collector.receive.ReceiverDependencies;
import whorl.collector.receive.uploads.Upload;
import whorl.collector.receive.uploads.Uploads;
import whorl.evidence.Id;

/** The URLs of uploads, and the time at which they expire. */
final class UploadAddresses {
  private final ReceiverDependencies dependencies;
  private final ReceiveLimits limits;
  private final Uploads uploads;

  UploadAddresses(ReceiverDependencies dependencies, ReceiveLimits limits, Uploads uploads) {
    this.dependencies = dependencies;
    this.limits = limits;
    this.uploads = uploads;
  }

  /**
   * The upload of the path.
   *
   * @throws whorl.collector.http.request.ProblemException 404; 403 if it is of another's agent
   */
  Upload find(Request request) throws IOException {
    Upload upload = found(uploads.find(request.pathParameter("id")));
    dependencies.owners().require(upload.metadata().agent(), request);
    return upload;
  }

  /** The same, locked; the caller has to unlock it. */
  Upload lock(Request request) throws IOException {
    return lock(request, dependencies.owners()::require);
  }

  /** The same, locked, for what only its owner may do. */
  Upload lockOwn(Request request) throws IOException {
    return lock(request, dependencies.owners()::requireOwner);
  }

  private interface Check {
    void require(Id agent, Request request) throws IOException;
  }

  private Upload lock(Request request, Check check) throws IOException {
    Upload upload = found(uploads.lock(request.pathParameter("id")));
    try {
      check.require(upload.metadata().agent(), request);
      return upload;
    } catch (IOException | RuntimeException e) {
      upload.unlock();
      throw e;
    }
  }

  private static Upload found(@Nullable Upload upload) {
    if (upload == null) {
      throw Tus.notFound();
    }
    return upload;
  }

  Response located(Upload upload, int status) {
    return Tus.withVersion(Response.empty(status))
        .with("Location", UploadRoutes.PATH + "/" + upload.id())
        .with("Upload-Expires", expires());
  }

  String expires() {
    Instant at = dependencies.clock().instant().plus(limits.expiry());
    return Tus.httpDate(at);
  }
}
