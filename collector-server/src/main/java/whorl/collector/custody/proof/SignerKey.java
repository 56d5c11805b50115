package whorl.collector.custody.proof;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;
import org.bouncycastle.crypto.params.Ed25519PrivateKeyParameters;
import org.bouncycastle.crypto.signers.Ed25519Signer;

/**
 * A key that signs notes. Its text form is that of Go's {@code sumdb/note}: {@code
 * PRIVATE+KEY+<name>+<key id>+<Base64 of the type and the seed>}. Thread-safe.
 */
public final class SignerKey {
  private static final String PREFIX = "PRIVATE+KEY+";

  private final Ed25519PrivateKeyParameters key;
  private final VerifierKey verifier;

  private SignerKey(String name, byte[] seed) {
    this.key = new Ed25519PrivateKeyParameters(seed, 0);
    this.verifier = new VerifierKey(name, key.generatePublicKey().getEncoded());
  }

  /** A new key. */
  public static SignerKey make(String name, SecureRandom random) {
    byte[] seed = new byte[VerifierKey.KEY_BYTES];
    random.nextBytes(seed);
    return new SignerKey(name, seed);
  }

  /**
   * Parses the text form.
   *
   * @throws IllegalArgumentException if it is not of that form; the message never holds the key
   */
  public static SignerKey parse(String text) {
    String stripped = VerifierKey.line(text);
    String[] parts =
        stripped.startsWith(PREFIX)
            ? stripped.substring(PREFIX.length()).split("\\+", 3)
            : new String[0];
    byte[] encoded = parts.length == 3 ? VerifierKey.decoded(parts[2]) : new byte[0];
    if (encoded.length != 1 + VerifierKey.KEY_BYTES || encoded[0] != VerifierKey.ED25519) {
      throw new IllegalArgumentException(
          "not a signer key (PRIVATE+KEY+name+key id+Base64 of an Ed25519 seed)");
    }
    SignerKey parsed = new SignerKey(parts[0], Arrays.copyOfRange(encoded, 1, encoded.length));
    if (!parsed.verifier.keyIdHex().equals(parts[1])) {
      throw new IllegalArgumentException("not a signer key: its id is that of another key");
    }
    return parsed;
  }

  /** The public half. */
  public VerifierKey verifier() {
    return verifier;
  }

  /** The signature of a text. */
  byte[] sign(String text) {
    byte[] content = text.getBytes(StandardCharsets.UTF_8);
    Ed25519Signer signer = new Ed25519Signer();
    signer.init(true, key);
    signer.update(content, 0, content.length);
    return signer.generateSignature();
  }

  /** The text form, which is secret. */
  public String text() {
    return PREFIX
        + verifier.name()
        + "+"
        + verifier.keyIdHex()
        + "+"
        + VerifierKey.encoded(key.getEncoded());
  }

  @Override
  public String toString() {
    return "signer key of " + verifier;
  }
}
