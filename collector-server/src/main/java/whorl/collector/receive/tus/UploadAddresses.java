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

  Upload find(Request request) throws IOException {
    return found(uploads.find(request.pathParameter("id")));
  }

  /** The upload, which the caller has to unlock. */
  Upload lock(Request request) throws IOException {
    return found(uploads.lock(request.pathParameter("id")));
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
