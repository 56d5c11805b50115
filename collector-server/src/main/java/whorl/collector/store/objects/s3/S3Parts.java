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
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.async.AsyncRequestBody;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.UploadPartCopyResponse;
import software.amazon.awssdk.services.s3.model.UploadPartRequest;
import software.amazon.awssdk.services.s3.model.UploadPartResponse;
import whorl.collector.store.objects.ObjectKeys;
import whorl.collector.store.objects.ObjectStore;
import whorl.collector.store.objects.PartsChangedException;

/** Multipart uploads, and copies, which are made of parts if the object is large. */
final class S3Parts {
  /** The least size of a part, for all S3-compatible stores. */
  static final long MIN_PART_BYTES = 5 << 20;

  /** A store copies several parts faster than one object. */
  private static final int COPIES_AT_ONCE = 4;

  /** A piece of a file in memory on its way; the SDK's 16 KiB cost a thread's turn each. */
  static final int READ_BYTES = 128 << 10;

  private final S3Connection connection;

  S3Parts(S3Connection connection) {
    this.connection = connection;
  }

  String begin(String key) throws IOException {
    return connection
        .send(
            "begin an upload of",
            key,
            client ->
                client.createMultipartUpload(
                    create ->
                        create
                            .bucket(connection.bucket())
                            .key(connection.full(key))
                            .serverSideEncryption(connection.location().encryption())
                            .ssekmsKeyId(connection.location().kmsKey())
                            .overrideConfiguration(connection.asking())))
        .uploadId();
  }

  String put(String key, String uploadId, int number, Path content) throws IOException {
    ObjectKeys.checkPart(number);
    return connection
        .await("put a part of", key, start(key, uploadId, number, content, 0, Files.size(content)))
        .eTag();
  }

  /** Starts to send a part of a file. */
  CompletableFuture<UploadPartResponse> start(
      String key, String uploadId, int number, Path content, long offset, long length)
      throws IOException {
    UploadPartRequest request =
        UploadPartRequest.builder()
            .bucket(connection.bucket())
            .key(connection.full(key))
            .uploadId(uploadId)
            .partNumber(number)
            .contentLength(length)
            .contentMD5(ContentMd5.of(content, offset, length))
            .build();
    return connection.start(
        client ->
            client.uploadPart(
                request,
                AsyncRequestBody.fromFile(
                    file ->
                        file.path(content)
                            .position(offset)
                            .numBytesToRead(length)
                            .chunkSizeInBytes(READ_BYTES))));
  }

  void complete(String key, String uploadId, List<String> tags, @Nullable String ifNoneMatch)
      throws IOException {
    List<CompletedPart> parts = new ArrayList<>();
    for (String tag : tags) {
      parts.add(CompletedPart.builder().partNumber(parts.size() + 1).eTag(tag).build());
    }
    try {
      connection.send(
          "complete the upload of",
          key,
          client ->
              client.completeMultipartUpload(
                  complete ->
                      complete
                          .bucket(connection.bucket())
                          .key(connection.full(key))
                          .uploadId(uploadId)
                          .ifNoneMatch(ifNoneMatch)
                          .multipartUpload(all -> all.parts(parts))));
    } catch (S3Refusal refusal) {
      if (refusal.status() == 400 && String.valueOf(refusal.getMessage()).contains("InvalidPart")) {
        throw new PartsChangedException(key, refusal);
      }
      throw refusal;
    }
  }

  void abort(String key, String uploadId) throws IOException {
    try {
      connection.send(
          "give up the upload of",
          key,
          client ->
              client.abortMultipartUpload(
                  abort ->
                      abort
                          .bucket(connection.bucket())
                          .key(connection.full(key))
                          .uploadId(uploadId)
                          .overrideConfiguration(connection.asking())));
    } catch (NoSuchFileException unknown) {
      return; // completed or given up already
    }
  }

  void copy(String from, String to) throws IOException {
    ObjectStore.ObjectFacts facts = S3Lists.find(connection, from);
    if (facts == null) {
      throw new NoSuchFileException(from, null, connection.location().name() + " lacks it");
    }
    copy(from, to, facts.size());
  }

  /**
   * @param size of the object, in bytes
   */
  void copy(String from, String to, long size) throws IOException {
    if (size <= connection.limits().copyBytes()) {
      connection.send(
          "copy",
          from,
          client ->
              client.copyObject(
                  copy ->
                      copy.sourceBucket(connection.bucket())
                          .sourceKey(connection.full(from))
                          .destinationBucket(connection.bucket())
                          .destinationKey(connection.full(to))
                          .serverSideEncryption(connection.location().encryption())
                          .ssekmsKeyId(connection.location().kmsKey())));
    } else {
      copyInParts(from, to, size);
    }
  }

  /** Makes a part of bytes of an object, within the store. */
  String copy(String to, String uploadId, int number, String from, long offset, long length)
      throws IOException {
    ObjectKeys.checkPart(number);
    return copied(from, startCopy(to, uploadId, number, from, offset, length));
  }

  private CompletableFuture<UploadPartCopyResponse> startCopy(
      String to, String uploadId, int number, String from, long offset, long length) {
    String range = "bytes=" + offset + "-" + (offset + length - 1);
    return connection.start(
        client ->
            client.uploadPartCopy(
                copy ->
                    copy.sourceBucket(connection.bucket())
                        .sourceKey(connection.full(from))
                        .destinationBucket(connection.bucket())
                        .destinationKey(connection.full(to))
                        .uploadId(uploadId)
                        .partNumber(number)
                        .copySourceRange(range)));
  }

  private String copied(String from, CompletableFuture<UploadPartCopyResponse> answer)
      throws IOException {
    return connection.await("copy a part of", from, answer).copyPartResult().eTag();
  }

  private void copyInParts(String from, String to, long size) throws IOException {
    String uploadId = begin(to);
    try {
      complete(to, uploadId, copyParts(from, to, uploadId, size), null);
    } catch (IOException | RuntimeException | Error e) {
      try {
        abort(to, uploadId);
      } catch (IOException alsoFailed) {
        e.addSuppressed(alsoFailed);
      }
      throw e;
    }
  }

  private List<String> copyParts(String from, String to, String uploadId, long size)
      throws IOException {
    long most = connection.limits().copyBytes();
    List<String> tags = new ArrayList<>();
    Deque<CompletableFuture<UploadPartCopyResponse>> underWay = new ArrayDeque<>();
    try {
      int number = 1;
      for (long at = 0; at < size; at += most) {
        if (underWay.size() == COPIES_AT_ONCE) {
          tags.add(copied(from, underWay.remove()));
        }
        underWay.add(startCopy(to, uploadId, number++, from, at, Math.min(most, size - at)));
      }
      while (!underWay.isEmpty()) {
        tags.add(copied(from, underWay.remove()));
      }
      return tags;
    } finally {
      underWay.forEach(each -> each.cancel(true));
    }
  }
}
