package whorl.evidence;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/**
 * A position in an agent's chain: the number of its last link, and the hash of that link. Each
 * message that matters for evidence, and each manifest, is one link, and contains the hash of the
 * link before it. So two equal positions of one agent mean that everything before them is equal.
 *
 * @param sequence the number of the last link, counted from 1; 0 before the first link
 * @param hash SHA-256 of that link; before the first link, {@link #start}'s
 */
public record ChainHead(long sequence, Digest hash) {
  /** The greatest number of a link: one that every JSON reader represents exactly. */
  public static final long SEQUENCE_MAX = (1L << 53) - 1;

  private static final String START = "Whorl agent chain, version 1\n";
  private static final String LINK = "Whorl agent chain link, version 1\n";
  private static final String SIGNED = "Whorl agent chain head, version 1\n";

  /**
   * @throws IllegalArgumentException if {@code sequence} is out of range, or {@code hash} is
   *     missing
   */
  public ChainHead {
    if (sequence < 0 || sequence > SEQUENCE_MAX) {
      throw new IllegalArgumentException("chain: sequence is out of range: " + sequence);
    }
    if (hash == null) {
      throw new IllegalArgumentException("chain: hash is missing");
    }
  }

  /** The position before an agent's first link, which differs from agent to agent. */
  public static ChainHead start(Id agent) {
    return new ChainHead(0, Digest.of((START + agent.value()).getBytes(StandardCharsets.US_ASCII)));
  }

  /**
   * The position after a link.
   *
   * @param message the bytes of the link exactly as they are sent, with its number and the hash of
   *     the link before
   */
  public static ChainHead after(long sequence, byte[] message) {
    MessageDigest sha256 = Digest.newSha256();
    sha256.update(LINK.getBytes(StandardCharsets.US_ASCII));
    sha256.update(message);
    return new ChainHead(sequence, Digest.of(sha256));
  }

  /** The text that {@link SigningKey#sign(Id, ChainHead)} signs. No other signed text begins so. */
  byte[] toSign(Id agent) {
    return (SIGNED + agent.value() + "\n" + sequence + "\n" + hash.hex())
        .getBytes(StandardCharsets.US_ASCII);
  }
}
