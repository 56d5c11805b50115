package whorl.collector.receive.tus;

import java.io.IOException;
import java.util.List;
import whorl.collector.http.request.Request;
import whorl.collector.http.request.Response;
import whorl.collector.http.request.Role;
import whorl.collector.http.request.Route;
import whorl.collector.receive.ReceiveLimits;
import whorl.collector.receive.ReceiverCounters;
import whorl.collector.receive.ReceiverDependencies;
import whorl.collector.receive.seal.Sealer;
import whorl.collector.receive.uploads.Checksum;
import whorl.collector.receive.uploads.Upload;
import whorl.collector.receive.uploads.Uploads;

/**
 * The tus 1.0.0 endpoints for agents, one upload per artifact. Beyond the protocol: creating the
 * same artifact again returns the existing upload, and the last byte of the envelope seals the
 * evidence within its request.
 *
 * @see <a href="https://tus.io/protocols/resumable-upload">tus</a>
 */
final class UploadRoutes {
  static final String PATH = "/agent/v1/uploads";

  private final ReceiveLimits limits;
  private final Uploads uploads;
  private final ReceiverCounters counters;
  private final UploadAddresses addresses;
  private final UploadCreation creation;
  private final UploadChunks chunks;

  UploadRoutes(
      ReceiverDependencies dependencies,
      ReceiveLimits limits,
      Uploads uploads,
      Sealer sealer,
      ReceiverCounters counters) {
    this.limits = limits;
    this.uploads = uploads;
    this.counters = counters;
    Admission admission = new Admission(limits, uploads, dependencies.freeBytes(), counters);
    Completion completion = new Completion(uploads, sealer, admission, counters);
    this.addresses = new UploadAddresses(dependencies, limits, uploads);
    this.chunks =
        new UploadChunks(dependencies, uploads, admission, counters, completion, addresses);
    this.creation =
        new UploadCreation(
            dependencies, uploads, sealer, admission, counters, completion, chunks, addresses);
  }

  List<Route> routes() {
    String uploadPath = PATH + "/{id}";
    return List.of(
        Route.of("OPTIONS", PATH, Role.AGENT, request -> options()),
        new Route(
            "POST",
            PATH,
            Role.AGENT,
            false,
            limits.artifactMaxBytes(),
            Tus.answering(creation::create)),
        Route.of("HEAD", uploadPath, Role.AGENT, this::head),
        new Route(
            "PATCH",
            uploadPath,
            Role.AGENT,
            false,
            limits.artifactMaxBytes(),
            Tus.answering(chunks::patch)),
        Route.of("DELETE", uploadPath, Role.AGENT, Tus.answering(this::terminate)));
  }

  private Response options() {
    return Tus.withVersion(Response.empty(204))
        .with("Tus-Version", Tus.VERSION)
        .with("Tus-Extension", Tus.EXTENSIONS)
        .with("Tus-Checksum-Algorithm", Checksum.ALGORITHMS)
        .with("Tus-Max-Size", Long.toString(limits.artifactMaxBytes()));
  }

  private Response head(Request request) throws IOException {
    Tus.requireVersion(request);
    Upload upload = addresses.find(request);
    Response response =
        Tus.withVersion(Response.empty(200))
            .with("Cache-Control", "no-store")
            .with("Upload-Offset", Long.toString(upload.offset()))
            .with("Upload-Metadata", upload.metadata().header())
            .with("Upload-Expires", addresses.expires());
    return upload.length() < 0
        ? response.with("Upload-Defer-Length", "1")
        : response.with("Upload-Length", Long.toString(upload.length()));
  }

  private Response terminate(Request request) throws IOException {
    Tus.requireVersion(request);
    Upload upload = addresses.lockOwn(request);
    try {
      if (upload.sha256() != null) {
        throw Tus.problem(
            403, "arrived already", "a complete artifact is kept; agents can only add");
      }
      if (!uploads.remove(upload)) {
        throw Tus.notFound();
      }
      counters.uploadsTerminated.increment();
    } finally {
      upload.unlock();
    }
    return Tus.withVersion(Response.empty(204));
  }
}
