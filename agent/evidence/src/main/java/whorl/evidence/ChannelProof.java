package whorl.evidence;

import java.nio.charset.StandardCharsets;

/**
 * The text that an agent signs to prove that it holds the key of its hello. Its beginning differs
 * from that of signed evidence, so that neither can pass for the other.
 */
public final class ChannelProof {
  /** Longer nonces are not signed. */
  public static final int NONCE_MAX_CHARS = 128;

  private static final String PURPOSE = "Whorl agent channel, version 1\n";

  private ChannelProof() {}

  /**
   * The bytes to sign.
   *
   * @param nonce created by the collector for this one connection
   * @throws IllegalArgumentException if the nonce is empty or too long
   */
  static byte[] of(Id agent, String nonce) {
    if (nonce == null || nonce.isEmpty() || nonce.length() > NONCE_MAX_CHARS) {
      throw new IllegalArgumentException("a challenge has 1 to " + NONCE_MAX_CHARS + " characters");
    }
    return (PURPOSE + agent.value() + "\n" + nonce).getBytes(StandardCharsets.UTF_8);
  }
}
