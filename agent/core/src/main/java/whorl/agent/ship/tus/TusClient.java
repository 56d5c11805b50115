package whorl.agent.ship.tus;

import io.netty.handler.codec.http.HttpMethod;
import java.io.IOException;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import whorl.agent.ship.net.Answer;
import whorl.agent.ship.net.CollectorUrl;
import whorl.agent.ship.net.HttpConnection;
import whorl.agent.ship.spool.StoredEvidence;
import whorl.evidence.Artifact;
import whorl.evidence.Digest;
import whorl.evidence.UploadHeader;

/** The agent's tus requests. */
public final class TusClient {
  private static final byte[] NOTHING = {};
  private static final String VERSION = "1.0.0";
  private static final String CHUNK_TYPE = "application/offset+octet-stream";

  private final CollectorUrl url;

  public TusClient(CollectorUrl url) {
    this.url = url;
  }

  CompletableFuture<Answer> create(
      HttpConnection connection, StoredEvidence evidence, Artifact artifact) {
    return create(
        connection,
        "Upload-Length",
        Long.toString(artifact.size()),
        metadata(evidence, artifact),
        Map.of(),
        NOTHING);
  }

  /**
   * Creates the upload of a small artifact with its content. A collector that only creates it says
   * that it is at offset 0.
   *
   * @param content must not change before the answer arrives
   */
  CompletableFuture<Answer> create(
      HttpConnection connection, StoredEvidence evidence, Artifact artifact, byte[] content) {
    return create(
        connection,
        "Upload-Length",
        Long.toString(artifact.size()),
        metadata(evidence, artifact),
        Map.of("Content-Type", CHUNK_TYPE, "Upload-Checksum", checksum(content, content.length)),
        content);
  }

  private static String metadata(StoredEvidence evidence, Artifact artifact) {
    return UploadHeader.of(
        evidence.agent(),
        evidence.capture(),
        evidence.evidence(),
        artifact.name(),
        artifact.mediaType());
  }

  /** Creates an upload whose length is sent with its last chunk. */
  public CompletableFuture<Answer> createDeferred(HttpConnection connection, DirectTarget target) {
    String metadata =
        UploadHeader.of(
            target.agent(), target.capture(), target.evidence(), target.name(), target.mediaType());
    return create(connection, "Upload-Defer-Length", "1", metadata, Map.of(), NOTHING);
  }

  private CompletableFuture<Answer> create(
      HttpConnection connection,
      String lengthHeader,
      String length,
      String metadata,
      Map<String, String> more,
      byte[] content) {
    Map<String, String> headers = new HashMap<>(more);
    headers.put("Tus-Resumable", VERSION);
    headers.put(lengthHeader, length);
    headers.put("Upload-Metadata", metadata);
    return connection.send(
        HttpMethod.POST, url.path(CollectorUrl.UPLOADS), headers, content, content.length);
  }

  /**
   * Sends a chunk. The first chunk of an artifact has a checksum: manifest and envelope are not
   * larger, and the collector computes this digest anyway. A checksum for each further chunk would
   * make both sides compute every digest twice, for a protection that TCP and TLS provide already.
   * Remaining corruption shows in the whole artifact's digest in the manifest, and the artifact is
   * sent again.
   *
   * @param chunk must not change before the answer arrives
   */
  CompletableFuture<Answer> patch(
      HttpConnection connection, String path, long offset, byte[] chunk, int length) {
    Map<String, String> headers = chunkHeaders(offset);
    if (offset == 0) {
      headers.put("Upload-Checksum", checksum(chunk, length));
    }
    return connection.send(HttpMethod.PATCH, path, headers, chunk, length);
  }

  private static String checksum(byte[] bytes, int length) {
    MessageDigest sha256 = Digest.newSha256();
    sha256.update(bytes, 0, length);
    return "sha256 " + Base64.getEncoder().encodeToString(sha256.digest());
  }

  /**
   * Sends a long chunk, which is not in memory, without a checksum: if it breaks off, the collector
   * keeps what it received. If it is the whole artifact, it says the artifact's digest (RFC 9530),
   * so that the collector can put the content at its address while it arrives.
   *
   * @param limit for each piece of it
   */
  CompletableFuture<Answer> patch(
      HttpConnection connection,
      String path,
      long offset,
      HttpConnection.Pieces chunk,
      long length,
      Artifact artifact,
      Duration limit)
      throws IOException, InterruptedException {
    Map<String, String> headers = chunkHeaders(offset);
    if (length == artifact.size()) {
      String sha256 = Base64.getEncoder().encodeToString(artifact.sha256().bytes());
      headers.put("Repr-Digest", "sha-256=:" + sha256 + ":");
    }
    return connection.send(HttpMethod.PATCH, path, headers, chunk, length, limit);
  }

  /**
   * Sends a chunk of an artifact that is still being made, without a checksum: if it breaks off,
   * the collector keeps what it received.
   *
   * @param from number of the chunk's bytes that the collector has already; the last chunk carries
   *     the artifact's length
   */
  public CompletableFuture<Answer> append(
      HttpConnection connection, String path, Chunk chunk, int from) {
    Map<String, String> headers = chunkHeaders(chunk.start() + from);
    if (chunk.isLast()) {
      headers.put("Upload-Length", Long.toString(chunk.end()));
    }
    int length = chunk.length() - from;
    return connection.send(HttpMethod.PATCH, path, headers, chunk.bytes, from, length);
  }

  /** Terminates an incomplete upload. */
  public CompletableFuture<Answer> terminate(HttpConnection connection, String path) {
    return connection.send(HttpMethod.DELETE, path, Map.of("Tus-Resumable", VERSION), NOTHING, 0);
  }

  public CompletableFuture<Answer> offset(HttpConnection connection, String path) {
    return connection.send(HttpMethod.HEAD, path, Map.of("Tus-Resumable", VERSION), NOTHING, 0);
  }

  private static Map<String, String> chunkHeaders(long offset) {
    Map<String, String> headers = new HashMap<>();
    headers.put("Tus-Resumable", VERSION);
    headers.put("Upload-Offset", Long.toString(offset));
    headers.put("Content-Type", CHUNK_TYPE);
    return headers;
  }
}
