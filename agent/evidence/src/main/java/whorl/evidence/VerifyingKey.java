package whorl.evidence;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;

/** An agent's public Ed25519 key, at the collector or in a bag. */
public final class VerifyingKey {
  private final PublicKey key;

  private VerifyingKey(PublicKey key) {
    this.key = key;
  }

  /**
   * @param publicKey X.509 SubjectPublicKeyInfo in Base64
   * @throws IllegalArgumentException if it is no Ed25519 key
   */
  public static VerifyingKey of(String publicKey) {
    try {
      byte[] encoded = Base64.getDecoder().decode(publicKey);
      return new VerifyingKey(
          KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(encoded)));
    } catch (IllegalArgumentException | GeneralSecurityException e) {
      throw new IllegalArgumentException(
          "not an Ed25519 public key (X.509, Base64): " + Text.shortened(publicKey), e);
    }
  }

  /** The key's id: SHA-256 of the X.509 encoding. */
  public String keyId() {
    return Digest.of(key.getEncoded()).hex();
  }

  /** True if one of the envelope's signatures is a valid one of this key. */
  public boolean verifies(Envelope envelope) {
    byte[] signed;
    try {
      signed = Envelope.preAuthentication(envelope.payloadType(), envelope.payloadBytes());
    } catch (IllegalArgumentException notBase64) {
      return false;
    }
    String keyId = keyId();
    for (Envelope.Signature signature : envelope.signatures()) {
      if (keyId.equals(signature.keyid())
          && signature.sig() != null
          && verifies(signed, signature.sig())) {
        return true;
      }
    }
    return false;
  }

  /** True if this is {@link SigningKey#prove}'s answer to the nonce, made with this key. */
  public boolean proves(Id agent, String nonce, String signature) {
    return verifies(ChannelProof.of(agent, nonce), signature);
  }

  /** True if this is {@link SigningKey#sign(Id, ChainHead)}'s result, made with this key. */
  public boolean verifies(Id agent, ChainHead head, String signature) {
    return verifies(head.toSign(agent), signature);
  }

  private boolean verifies(byte[] signed, String sig) {
    try {
      Signature verifier = Signature.getInstance("Ed25519");
      verifier.initVerify(key);
      verifier.update(signed);
      return verifier.verify(Base64.getDecoder().decode(sig));
    } catch (IllegalArgumentException | GeneralSecurityException malformed) {
      return false;
    }
  }
}
