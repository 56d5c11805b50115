package whorl.collector.export;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import whorl.collector.http.request.Response;
import whorl.collector.store.objects.EvidenceStore;
import whorl.collector.store.objects.StoredArtifact;

/**
 * The content of an artifact as the body of a response: sent from its file if the store keeps it as
 * one; read at once if that is one request to an object store; otherwise passed on piece by piece
 * while it is read.
 */
public final class ContentBody {
  /** What an object store hands out with one request. */
  private static final int AT_ONCE_BYTES = 8 << 20;

  private ContentBody() {}

  /**
   * @param offset of the first byte
   * @param length in bytes
   * @throws java.nio.file.NoSuchFileException if the store does not have the content
   */
  public static Response.Body of(
      EvidenceStore store, StoredArtifact artifact, long offset, long length) throws IOException {
    Path file = store.localFile(artifact.sha256());
    if (file != null) {
      return new Response.Body.FileSlice(file, offset, length);
    }
    if (length <= AT_ONCE_BYTES) {
      return new Response.Body.Bytes(bytes(store, artifact, offset, (int) length));
    }
    if (!store.holds(artifact.sha256())) {
      throw new NoSuchFileException("blob " + artifact.sha256());
    }
    return new Response.Body.Streamed(
        out -> {
          try (InputStream content = store.read(artifact.sha256(), offset)) {
            byte[] buffer = new byte[64 << 10];
            long left = length;
            while (left > 0) {
              int count = content.read(buffer, 0, (int) Math.min(buffer.length, left));
              if (count < 0) {
                throw new IOException(
                    "artifact " + artifact.name() + " ended " + left + " bytes early");
              }
              out.write(buffer, 0, count);
              left -= count;
            }
          }
        },
        length);
  }

  private static byte[] bytes(EvidenceStore store, StoredArtifact artifact, long offset, int length)
      throws IOException {
    try (InputStream content = store.read(artifact.sha256(), offset)) {
      byte[] bytes = content.readNBytes(length);
      if (bytes.length < length) {
        throw new IOException(
            "artifact " + artifact.name() + " ended " + (length - bytes.length) + " bytes early");
      }
      return bytes;
    }
  }
}
