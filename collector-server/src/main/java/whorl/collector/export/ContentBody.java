package whorl.collector.export;

import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import whorl.collector.http.request.ProblemException;
import whorl.collector.http.request.Response;
import whorl.collector.store.objects.EvidenceRecord;
import whorl.collector.store.objects.EvidenceStore;
import whorl.collector.store.objects.StoredArtifact;
import whorl.collector.store.objects.UnreadableContentException;
import whorl.collector.store.objects.WrongContentException;
import whorl.collector.store.objects.cache.DamagedContent;
import whorl.evidence.Digest;

/**
 * The content of an artifact as the body of a response: sent from its file if the store keeps it as
 * one; read at once if that is one request to an object store; otherwise passed on piece by piece
 * while it is read. What an object store hands out is compared with the artifact's digest, but for
 * a part of an artifact that is not read at once. The end of one is compared as well, if not much
 * is before it.
 */
public final class ContentBody {
  /** What an object store hands out with one request. */
  private static final int AT_ONCE_BYTES = 8 << 20;

  /** So much is read before a range, so that a client that resumes does not wait for too long. */
  private static final long READ_BEFORE_MAX_BYTES = 1L << 30;

  private ContentBody() {}

  /**
   * @param offset of the first byte
   * @param length in bytes
   * @throws ProblemException 500 if the store has lost the content, or it is damaged there; the
   *     body may throw it, too
   */
  public static Response.Body of(
      EvidenceStore store, EvidenceRecord record, StoredArtifact artifact, long offset, long length)
      throws IOException {
    return orProblem(record, artifact, () -> body(store, record, artifact, offset, length));
  }

  private static Response.Body body(
      EvidenceStore store, EvidenceRecord record, StoredArtifact artifact, long offset, long length)
      throws IOException {
    Path file = store.localFile(artifact.sha256());
    if (file != null) {
      return new Response.Body.FileSlice(file, offset, length);
    }
    if (artifact.size() <= AT_ONCE_BYTES) {
      byte[] bytes = bytes(store, artifact);
      boolean whole = length == bytes.length;
      int from = (int) offset;
      return new Response.Body.Bytes(
          whole ? bytes : Arrays.copyOfRange(bytes, from, from + (int) length));
    }
    if (!store.holds(artifact.sha256())) {
      throw new NoSuchFileException("blob " + artifact.sha256());
    }
    return new Response.Body.Streamed(
        out ->
            orProblem(
                record,
                artifact,
                () -> {
                  stream(store, artifact, offset, length, out);
                  return out;
                }),
        length);
  }

  /**
   * The last piece of an artifact is sent only if the digest of all of it is right, also to a
   * client that resumes a download: what is before its range is read, and not sent, if it is not
   * too much.
   */
  private static void stream(
      EvidenceStore store, StoredArtifact artifact, long offset, long length, OutputStream out)
      throws IOException {
    long end = offset + length;
    boolean compared = end == artifact.size() && offset <= READ_BEFORE_MAX_BYTES;
    MessageDigest sha256 = compared ? Digest.newSha256() : null;
    long at = compared ? 0 : offset;
    try (InputStream content = store.read(artifact.sha256(), at)) {
      byte[] buffer = new byte[64 << 10];
      while (at < end) {
        long left = (at < offset ? offset : end) - at;
        int count = content.read(buffer, 0, (int) Math.min(buffer.length, left));
        if (count < 0) {
          throw new IOException("artifact " + artifact.name() + " ended at byte " + at);
        }
        at += count;
        if (sha256 != null) {
          sha256.update(buffer, 0, count);
          if (at == end) {
            DamagedContent.requireRight(artifact.sha256(), Digest.of(sha256));
          }
        }
        if (at > offset) {
          out.write(buffer, 0, count);
        }
      }
    }
  }

  /**
   * Opens a whole artifact, once it is compared with its digest.
   *
   * @throws ProblemException 500 if the store has lost the content, or it is damaged there
   */
  public static InputStream open(
      EvidenceStore store, EvidenceRecord record, StoredArtifact artifact) throws IOException {
    return orProblem(
        record,
        artifact,
        () ->
            artifact.size() <= AT_ONCE_BYTES
                ? new ByteArrayInputStream(bytes(store, artifact))
                : stream(store.content(artifact.sha256())));
  }

  private static InputStream stream(EvidenceStore.Content content) throws IOException {
    try {
      return new FilterInputStream(Files.newInputStream(content.file())) {
        @Override
        public void close() throws IOException {
          try (content) {
            super.close();
          }
        }
      };
    } catch (IOException e) {
      content.close();
      throw e;
    }
  }

  private static byte[] bytes(EvidenceStore store, StoredArtifact artifact) throws IOException {
    int length = (int) artifact.size();
    try (InputStream content = store.read(artifact.sha256(), 0)) {
      byte[] bytes = content.readNBytes(length);
      DamagedContent.requireRight(artifact.sha256(), Digest.of(bytes));
      return bytes;
    }
  }

  /** Reads content. */
  public interface Reading<T> {
    T read() throws IOException;
  }

  /**
   * Reads content of this artifact.
   *
   * @throws ProblemException 500 if the store has lost the content, or it is damaged there
   */
  public static <T> T orProblem(EvidenceRecord record, StoredArtifact artifact, Reading<T> reading)
      throws IOException {
    String evidence = "evidence " + record.id();
    try {
      return reading.read();
    } catch (NoSuchFileException lost) {
      throw new ProblemException(
          500,
          "content is gone",
          evidence
              + ": the store has lost artifact "
              + artifact.name()
              + "; verify lists all losses");
    } catch (UnreadableContentException unreadable) {
      return orProblem(
          record,
          artifact,
          () -> {
            throw unreadable.getCause();
          });
    } catch (WrongContentException damaged) {
      throw new ProblemException(
          500,
          "content is damaged",
          evidence + ", artifact " + artifact.name() + ": " + damaged.getMessage());
    }
  }
}
