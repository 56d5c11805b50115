package whorl.collector.receive.uploads;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import org.jspecify.annotations.Nullable;
import whorl.collector.http.request.ProblemException;

/** The expected digest of one chunk, from the tus header {@code Upload-Checksum}. Used once. */
public final class Checksum {
  public static final String ALGORITHMS = "sha256,sha1";

  private final MessageDigest runningDigest;
  private final byte[] expected;

  private Checksum(MessageDigest runningDigest, byte[] expected) {
    this.runningDigest = runningDigest;
    this.expected = expected;
  }

  /** Null if the client sent no checksum. */
  public static @Nullable Checksum parse(@Nullable String header) {
    if (header == null) {
      return null;
    }
    String[] parts = header.strip().split(" ", 2);
    MessageDigest runningDigest =
        switch (parts[0]) {
          case "sha256" -> digest("SHA-256");
          case "sha1" -> digest("SHA-1");
          default ->
              throw new ProblemException(
                  400, "unknown checksum", "Upload-Checksum may be one of " + ALGORITHMS);
        };
    try {
      byte[] expected = Base64.getDecoder().decode(parts.length == 2 ? parts[1].strip() : "");
      if (expected.length == runningDigest.getDigestLength()) {
        return new Checksum(runningDigest, expected);
      }
    } catch (IllegalArgumentException notBase64) {
      // Reported like a checksum of the wrong length.
    }
    throw new ProblemException(
        400,
        "bad checksum",
        "Upload-Checksum is not '" + parts[0] + "' and the Base64 of the chunk's digest");
  }

  /**
   * True if the checksum uses this algorithm; then {@link #matches(MessageDigest)} may be called.
   */
  public boolean is(String algorithm) {
    return runningDigest.getAlgorithm().equals(algorithm);
  }

  /** Updates the digest with the remaining bytes. */
  public void update(ByteBuffer bytes) {
    runningDigest.update(bytes);
  }

  public boolean matches() {
    return matches(runningDigest);
  }

  /** True if this digest, of the same chunk and by the same algorithm, is the expected one. */
  public boolean matches(MessageDigest ofChunk) {
    return MessageDigest.isEqual(expected, ofChunk.digest());
  }

  private static MessageDigest digest(String algorithm) {
    try {
      return MessageDigest.getInstance(algorithm);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this Java platform lacks " + algorithm, e);
    }
  }
}
