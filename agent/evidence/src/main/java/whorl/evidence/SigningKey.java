package whorl.evidence;

import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.security.Provider;
import java.security.Signature;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The agent's Ed25519 key, created when the JVM starts and never stored. So a sealed manifest was
 * signed inside that one process.
 */
public final class SigningKey {
  private static final String ALGORITHM = "Ed25519";

  private final Provider provider;
  private final KeyPair pair;

  private SigningKey(Provider provider, KeyPair pair) {
    this.provider = provider;
    this.pair = pair;
  }

  /** A new key, or null if this Java image lacks Ed25519 (17 and 21 without jdk.crypto.ec). */
  public static @Nullable SigningKey generate() {
    Provider provider = PlatformProvider.of("KeyPairGenerator", ALGORITHM);
    if (provider == null) {
      return null;
    }
    try {
      return new SigningKey(
          provider, KeyPairGenerator.getInstance(ALGORITHM, provider).generateKeyPair());
    } catch (NoSuchAlgorithmException absent) {
      return null;
    }
  }

  /** The public half: X.509 SubjectPublicKeyInfo in Base64, as in {@link Manifest#key}. */
  public String publicKey() {
    return Base64.getEncoder().encodeToString(pair.getPublic().getEncoded());
  }

  /** The DSSE envelope around this statement's JSON. */
  public Envelope sign(byte[] statementJson) {
    String sig = signature(Envelope.preAuthentication(Envelope.PAYLOAD_TYPE, statementJson));
    String keyid = Digest.of(pair.getPublic().getEncoded()).hex();
    return new Envelope(
        Base64.getEncoder().encodeToString(statementJson),
        Envelope.PAYLOAD_TYPE,
        List.of(new Envelope.Signature(keyid, sig)));
  }

  /**
   * Proves to the collector that this agent holds the key.
   *
   * @param nonce of the collector's challenge
   * @return the signature in Base64
   * @throws IllegalArgumentException if the nonce is empty or too long
   */
  public String prove(Id agent, String nonce) {
    return signature(ChannelProof.of(agent, nonce));
  }

  /**
   * Signs a position of the agent's chain, for its heartbeat.
   *
   * @return the signature in Base64
   */
  public String sign(Id agent, ChainHead head) {
    return signature(head.toSign(agent));
  }

  private String signature(byte[] text) {
    try {
      Signature signer = Signature.getInstance(ALGORITHM, provider);
      signer.initSign(pair.getPrivate());
      signer.update(text);
      return Base64.getEncoder().encodeToString(signer.sign());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Ed25519 made the key but does not sign", e);
    }
  }

  /** The envelope of a JVM without Ed25519: same payload, no signature. */
  public static Envelope unsigned(byte[] statementJson) {
    return new Envelope(
        Base64.getEncoder().encodeToString(statementJson), Envelope.PAYLOAD_TYPE, List.of());
  }
}
