package whorl.collector.store.objects;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The result of the check of the agent's signature at the seal.
 *
 * @param verified true if there was a valid signature
 * @param keyId the key's SHA-256 in hexadecimal; null if the evidence names no key
 * @param enrolled true if the agent had proved on its channel that it holds the key; null if that
 *     was not checked, as in evidence of earlier versions
 */
public record SignatureOutcome(
    boolean verified, @Nullable String keyId, @Nullable Boolean enrolled) {
  public static final SignatureOutcome NONE = new SignatureOutcome(false, null, null);

  /** True if the other result has the same key and the same validity. */
  public boolean agrees(SignatureOutcome other) {
    return verified == other.verified && Objects.equals(keyId, other.keyId);
  }
}
