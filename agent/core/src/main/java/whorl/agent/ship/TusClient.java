package whorl.agent.ship;

import io.netty.handler.codec.http.HttpMethod;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import whorl.evidence.Artifact;
import whorl.evidence.Digest;

/** The three requests of tus that the agent makes. */
final class TusClient {
  private static final byte[] NOTHING = {};
  private static final String VERSION = "1.0.0";

  private final CollectorUrl url;

  TusClient(CollectorUrl url) {
    this.url = url;
  }

  CompletableFuture<Answer> create(
      HttpConnection connection, StoredEvidence evidence, Artifact artifact) {
    String metadata =
        pair("agent", evidence.agent().value())
            + ","
            + pair("capture", evidence.capture().value())
            + ","
            + pair("evidence", evidence.evidence().value())
            + ","
            + pair("artifact", artifact.name().value())
            + ","
            + pair("mediaType", artifact.mediaType());
    return connection.send(
        HttpMethod.POST,
        url.path(CollectorUrl.UPLOADS),
        Map.of(
            "Tus-Resumable", VERSION,
            "Upload-Length", Long.toString(artifact.size()),
            "Upload-Metadata", metadata),
        NOTHING,
        0);
  }

  /** {@code chunk} must not change before the answer is there. */
  CompletableFuture<Answer> patch(
      HttpConnection connection, String path, long offset, byte[] chunk, int length) {
    MessageDigest sha256 = Digest.newSha256();
    sha256.update(chunk, 0, length);
    return connection.send(
        HttpMethod.PATCH,
        path,
        Map.of(
            "Tus-Resumable",
            VERSION,
            "Upload-Offset",
            Long.toString(offset),
            "Upload-Checksum",
            "sha256 " + Base64.getEncoder().encodeToString(sha256.digest()),
            "Content-Type",
            "application/offset+octet-stream"),
        chunk,
        length);
  }

  CompletableFuture<Answer> offset(HttpConnection connection, String path) {
    return connection.send(HttpMethod.HEAD, path, Map.of("Tus-Resumable", VERSION), NOTHING, 0);
  }

  private static String pair(String key, String value) {
    byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
    return key + " " + Base64.getEncoder().encodeToString(utf8);
  }
}
