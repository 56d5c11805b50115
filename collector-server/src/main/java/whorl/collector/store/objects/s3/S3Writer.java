package whorl.collector.store.objects.s3;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import software.amazon.awssdk.core.async.AsyncRequestBody;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.UploadPartResponse;
import whorl.collector.store.objects.ObjectStore;

/** Writes objects: in one request, or large ones in parts, a few at the same time. */
final class S3Writer {
  private static final int PRECONDITION_FAILED = 412;
  private static final int CONFLICT = 409;
  private static final int CONFLICT_TRIES = 5;
  private static final int PARTS_AT_ONCE = 3;
  private static final String ANY = "*";

  private final S3Connection connection;
  private final S3Parts parts;

  S3Writer(S3Connection connection, S3Parts parts) {
    this.connection = connection;
    this.parts = parts;
  }

  void put(String key, Path content) throws IOException {
    long size = Files.size(content);
    if (size <= connection.limits().pieceBytes()) {
      putFile(key, content, size, false);
    } else {
      putInParts(key, content, size, false);
    }
  }

  void put(String key, byte[] content) throws IOException {
    putBytes(key, content, false);
  }

  private void putBytes(String key, byte[] content, boolean onlyIfAbsent) throws IOException {
    PutObjectRequest request = request(key, ContentMd5.of(content), onlyIfAbsent);
    connection.send(
        "put", key, client -> client.putObject(request, AsyncRequestBody.fromBytes(content)));
  }

  private void putFile(String key, Path content, long size, boolean onlyIfAbsent)
      throws IOException {
    PutObjectRequest request = request(key, ContentMd5.of(content, 0, size), onlyIfAbsent);
    connection.send(
        "put",
        key,
        client ->
            client.putObject(
                request,
                AsyncRequestBody.fromFile(
                    file -> file.path(content).chunkSizeInBytes(S3Parts.READ_BYTES))));
  }

  /** Writes the object unless the key exists; only for stores that honour the condition. */
  boolean putIfAbsent(String key, Path content) throws IOException {
    long size = Files.size(content);
    if (size <= connection.limits().pieceBytes()) {
      return unlessRefused(() -> putFile(key, content, size, true));
    }
    // A question costs less than the parts; and a store was seen that has conditions elsewhere
    // only.
    return S3Lists.find(connection, key) == null
        && unlessRefused(() -> putInParts(key, content, size, true));
  }

  /** As {@link #putIfAbsent(String, Path)}. */
  boolean putIfAbsent(String key, byte[] content) throws IOException {
    return unlessRefused(() -> putBytes(key, content, true));
  }

  private interface Attempt {
    void run() throws IOException;
  }

  /** Repeats after a conflict: another writer was about to write the same key. */
  private static boolean unlessRefused(Attempt attempt) throws IOException {
    for (int i = 1; ; i++) {
      try {
        attempt.run();
        return true;
      } catch (S3Refusal refusal) {
        if (refusal.status() == PRECONDITION_FAILED) {
          return false;
        }
        if (refusal.status() != CONFLICT || i == CONFLICT_TRIES) {
          throw refusal;
        }
      }
    }
  }

  private PutObjectRequest request(String key, String md5, boolean onlyIfAbsent) {
    PutObjectRequest.Builder put =
        PutObjectRequest.builder()
            .bucket(connection.bucket())
            .key(connection.full(key))
            .contentMD5(md5)
            .serverSideEncryption(connection.location().encryption())
            .ssekmsKeyId(connection.location().kmsKey());
    return (onlyIfAbsent ? put.ifNoneMatch(ANY) : put).build();
  }

  private void putInParts(String key, Path content, long size, boolean onlyIfAbsent)
      throws IOException {
    long partBytes =
        Math.max(connection.limits().pieceBytes(), size / (ObjectStore.PARTS_MAX - 1) + 1);
    String uploadId = parts.begin(key);
    try {
      List<String> tags = putParts(key, uploadId, content, size, partBytes);
      complete(key, uploadId, tags, size, onlyIfAbsent);
    } catch (IOException | RuntimeException | Error e) {
      try {
        parts.abort(key, uploadId);
      } catch (IOException alsoFailed) {
        e.addSuppressed(alsoFailed);
      }
      throw e;
    }
  }

  private List<String> putParts(
      String key, String uploadId, Path content, long size, long partBytes) throws IOException {
    List<String> tags = new ArrayList<>();
    Deque<CompletableFuture<UploadPartResponse>> underWay = new ArrayDeque<>();
    try {
      int number = 1;
      for (long at = 0; at < size; at += partBytes) {
        if (underWay.size() == PARTS_AT_ONCE) {
          tags.add(connection.await("put a part of", key, underWay.remove()).eTag());
        }
        long length = Math.min(partBytes, size - at);
        underWay.add(parts.start(key, uploadId, number++, content, at, length));
      }
      while (!underWay.isEmpty()) {
        tags.add(connection.await("put a part of", key, underWay.remove()).eTag());
      }
      return tags;
    } finally {
      underWay.forEach(each -> each.cancel(true));
    }
  }

  /** An answer that was lost leaves the object complete, and the upload unknown. */
  private void complete(
      String key, String uploadId, List<String> tags, long size, boolean onlyIfAbsent)
      throws IOException {
    try {
      parts.complete(key, uploadId, tags, onlyIfAbsent ? ANY : null);
    } catch (NoSuchFileException unknown) {
      ObjectStore.ObjectFacts facts = S3Lists.find(connection, key);
      if (facts == null || facts.size() != size) {
        throw unknown;
      }
    }
  }
}
