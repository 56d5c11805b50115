package whorl.collector.receive;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import org.jspecify.annotations.Nullable;
import whorl.collector.http.ProblemException;

/** What one chunk must come to, as tus's {@code Upload-Checksum} says. Used once. */
final class Checksum {
  static final String ALGORITHMS = "sha256,sha1";

  private final MessageDigest running;
  private final byte[] expected;

  private Checksum(MessageDigest running, byte[] expected) {
    this.running = running;
    this.expected = expected;
  }

  /** Null where the client sent none. */
  static @Nullable Checksum parse(@Nullable String header) {
    if (header == null) {
      return null;
    }
    String[] parts = header.strip().split(" ", 2);
    MessageDigest running =
        switch (parts[0]) {
          case "sha256" -> digest("SHA-256");
          case "sha1" -> digest("SHA-1");
          default ->
              throw new ProblemException(
                  400, "unknown checksum", "Upload-Checksum may be one of " + ALGORITHMS);
        };
    try {
      byte[] expected = Base64.getDecoder().decode(parts.length == 2 ? parts[1].strip() : "");
      if (expected.length == running.getDigestLength()) {
        return new Checksum(running, expected);
      }
    } catch (IllegalArgumentException notBase64) {
      // Answered like a checksum of the wrong length.
    }
    throw new ProblemException(
        400,
        "bad checksum",
        "Upload-Checksum is not '" + parts[0] + "' and the Base64 of the chunk's digest");
  }

  /** Whether it is of this algorithm, so that {@link #matches(MessageDigest)} may be asked. */
  boolean is(String algorithm) {
    return running.getAlgorithm().equals(algorithm);
  }

  /** Adds what remains in {@code bytes}. */
  void update(ByteBuffer bytes) {
    running.update(bytes);
  }

  boolean matches() {
    return matches(running);
  }

  /** Whether this digest, of the same chunk and by the same algorithm, is what was sent. */
  boolean matches(MessageDigest ofChunk) {
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
