package whorl.collector.export;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import whorl.collector.http.request.Response;
import whorl.collector.store.objects.EvidenceStore;
import whorl.collector.store.objects.StoredArtifact;

/**
 * The content of an artifact as the body of a response: sent from its file if the store keeps it as
 * one, otherwise passed on piece by piece while it is read from the store.
 */
public final class ContentBody {
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
}
