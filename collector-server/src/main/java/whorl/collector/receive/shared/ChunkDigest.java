package whorl.collector.receive.shared;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import org.jspecify.annotations.Nullable;
import whorl.evidence.Digest;

/**
 * The SHA-256 of an artifact up to the end of a chunk. An artifact that fits into a part is
 * digested by the JDK, which is several times faster, as long as its bytes come in one chunk; if
 * they do not, those of the first chunk are digested again.
 */
final class ChunkDigest {
  private static final int BUFFER_BYTES = 64 << 10;

  private final @Nullable MessageDigest quick;
  private RunningSha256 running;

  ChunkDigest(UploadRow row) {
    boolean small = row.received() == 0 && row.length() >= 0 && row.length() <= row.partBytes();
    quick = small ? Digest.newSha256() : null;
    running = RunningSha256.of(row.digestState());
  }

  void update(ByteBuffer bytes) {
    if (quick != null) {
      quick.update(bytes);
    } else {
      running.update(bytes);
    }
  }

  /** The digest of all bytes so far. Call it once. */
  Digest digest() {
    return quick == null ? running.digest() : Digest.of(quick);
  }

  /**
   * The state, for the next chunk.
   *
   * @param chunk all bytes so far, if the artifact is small
   */
  String state(Spill chunk) throws IOException {
    if (quick != null) {
      running = RunningSha256.of("");
      byte[] buffer = new byte[BUFFER_BYTES];
      try (InputStream in = chunk.read()) {
        for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
          running.update(ByteBuffer.wrap(buffer, 0, read));
        }
      }
    }
    return running.state();
  }
}
