package whorl.collector.store;

import org.jspecify.annotations.Nullable;

/**
 * What became of the agent's signature when the evidence was sealed.
 *
 * @param verified whether a signature was there and true
 * @param keyId the key's SHA-256, hexadecimal; null where the evidence names no key
 */
public record SignatureOutcome(boolean verified, @Nullable String keyId) {
  public static final SignatureOutcome NONE = new SignatureOutcome(false, null);
}
