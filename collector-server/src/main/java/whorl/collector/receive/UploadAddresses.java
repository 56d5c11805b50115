package whorl.collector.receive;

import java.time.Instant;
import whorl.collector.http.Request;
import whorl.collector.http.Response;

/** Where uploads are to be found, and until when. */
final class UploadAddresses {
  private final Receiver.Surroundings with;
  private final ReceiveLimits limits;
  private final UploadRegistry uploadRegistry;

  UploadAddresses(Receiver.Surroundings with, ReceiveLimits limits, UploadRegistry uploadRegistry) {
    this.with = with;
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
    return Tus.answer(Response.empty(status))
        .with("Location", UploadRoutes.PATH + "/" + upload.id())
        .with("Upload-Expires", expires());
  }

  String expires() {
    Instant at = with.clock().instant().plus(limits.expiry());
    return Tus.httpDate(at);
  }
}
