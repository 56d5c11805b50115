package whorl.collector.receive.shared;

import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.HexFormat;
import org.bouncycastle.crypto.digests.SHA256Digest;
import whorl.evidence.Digest;

/**
 * A SHA-256 whose state can be written down in the middle, so that another collector goes on with
 * it. The JDK's cannot, but it is faster.
 */
final class RunningSha256 {
  private final SHA256Digest digest;

  private RunningSha256(SHA256Digest digest) {
    this.digest = digest;
  }

  /**
   * @param state from {@link #state}; empty for a new one
   */
  static RunningSha256 of(String state) {
    return new RunningSha256(
        state.isEmpty() ? new SHA256Digest() : new SHA256Digest(Base64.getDecoder().decode(state)));
  }

  /** Updates with the remaining bytes. */
  void update(ByteBuffer bytes) {
    if (bytes.hasArray()) {
      digest.update(bytes.array(), bytes.arrayOffset() + bytes.position(), bytes.remaining());
      bytes.position(bytes.limit());
    } else {
      byte[] copy = new byte[bytes.remaining()];
      bytes.get(copy);
      digest.update(copy, 0, copy.length);
    }
  }

  String state() {
    return Base64.getEncoder().encodeToString(digest.getEncodedState());
  }

  /** The digest of the bytes so far; more may follow. */
  Digest digest() {
    byte[] value = new byte[digest.getDigestSize()];
    new SHA256Digest(digest).doFinal(value, 0);
    return new Digest(HexFormat.of().formatHex(value));
  }
}
