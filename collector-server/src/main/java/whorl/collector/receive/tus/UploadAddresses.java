package whorl.collector.receive.tus;

import java.time.Instant;
import whorl.collector.http.request.Request;
import whorl.collector.http.request.Response;
import whorl.collector.receive.ReceiveLimits;
import whorl.collector.receive.ReceiverDependencies;
import whorl.collector.receive.uploads.Upload;
import whorl.collector.receive.uploads.UploadRegistry;

/** The URLs of uploads, and the time at which they expire. */
final class UploadAddresses {
  private final ReceiverDependencies dependencies;
  private final ReceiveLimits limits;
  private final UploadRegistry uploadRegistry;

  UploadAddresses(
      ReceiverDependencies dependencies, ReceiveLimits limits, UploadRegistry uploadRegistry) {
    this.dependencies = dependencies;
    this.limits = limits;
    this.uploadRegistry = uploadRegistry;
  }

  Upload find(Request request) {
    Upload upload = uploadRegistry.upload(request.pathParameter("id"));
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
