package whorl.collector.store;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What became of the agent's signature when the evidence was sealed.
 *
 * @param verified whether a signature was there and true
 * @param keyId the key's SHA-256, hexadecimal; null where the evidence names no key
 * @param enrolled whether the agent had proved on its channel that it holds the key; null where
 *     that was not asked, as in evidence of earlier versions
 */
public record SignatureOutcome(
    boolean verified, @Nullable String keyId, @Nullable Boolean enrolled) {
  public static final SignatureOutcome NONE = new SignatureOutcome(false, null, null);

  /** Whether the other is of the same key, and as true. */
  public boolean agrees(SignatureOutcome other) {
    return verified == other.verified && Objects.equals(keyId, other.keyId);
  }
}
