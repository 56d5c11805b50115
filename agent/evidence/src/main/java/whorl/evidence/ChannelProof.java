package whorl.evidence;

import java.nio.charset.StandardCharsets;

/**
 * What an agent signs to show that it holds the key that it said hello with. The text begins in
 * another way than what is signed of evidence, so that neither is ever taken for the other.
 */
public final class ChannelProof {
  /** Longer ones are not signed. */
  public static final int NONCE_MAX_CHARS = 128;

  private static final String PURPOSE = "Whorl agent channel, version 1\n";

  private ChannelProof() {}

  /**
   * The bytes to be signed.
   *
   * @param nonce what the collector made up for this one connection
   * @throws IllegalArgumentException when the nonce is empty or too long
   */
  static byte[] of(Id agent, String nonce) {
    if (nonce == null || nonce.isEmpty() || nonce.length() > NONCE_MAX_CHARS) {
      throw new IllegalArgumentException("a challenge has 1 to " + NONCE_MAX_CHARS + " characters");
    }
    return (PURPOSE + agent.value() + "\n" + nonce).getBytes(StandardCharsets.UTF_8);
  }
}
