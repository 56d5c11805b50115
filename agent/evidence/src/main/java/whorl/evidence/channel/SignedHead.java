package whorl.evidence.channel;

import com.fasterxml.jackson.databind.annotation.JsonSerialize;
import org.jspecify.annotations.Nullable;
import whorl.evidence.ChainHead;
import whorl.evidence.PublicBytes;

/**
 * The last link that an agent has sent, signed with the key of its process. The signature covers
 * everything that the chain holds so far.
 *
 * @param signature Ed25519, in Base64; null if the JVM has no Ed25519
 */
public record SignedHead(
    ChainHead head, @JsonSerialize(using = PublicBytes.class) @Nullable String signature) {
  /**
   * @throws IllegalArgumentException if {@code head} is missing
   */
  public SignedHead {
    if (head == null) {
      throw new IllegalArgumentException("chain: head is missing");
    }
  }
}
