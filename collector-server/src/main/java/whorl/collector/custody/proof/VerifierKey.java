package whorl.collector.custody.proof;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import org.bouncycastle.crypto.params.Ed25519PublicKeyParameters;
import org.bouncycastle.crypto.signers.Ed25519Signer;
import whorl.evidence.Digest;
import whorl.evidence.Text;

/**
 * The public half of a key that signs notes, in C2SP signed-note form: {@code <name>+<key id, 8
 * hexadecimal digits>+<Base64 of the type and the key>}. The type is 1, for Ed25519.
 */
public final class VerifierKey {
  static final byte ED25519 = 1;
  static final int KEY_BYTES = 32;
  static final int KEY_ID_BYTES = 4;

  private final String name;
  private final byte[] key;
  private final byte[] keyId;

  VerifierKey(String name, byte[] key) {
    checkName(name);
    this.name = name;
    this.key = key.clone();
    this.keyId = keyId(name, key);
  }

  /**
   * Parses the text form.
   *
   * @throws IllegalArgumentException if it is not of that form
   */
  public static VerifierKey parse(String text) {
    String[] parts = line(text).split("\\+", 3);
    byte[] encoded = parts.length == 3 ? decoded(parts[2]) : new byte[0];
    if (encoded.length != 1 + KEY_BYTES || encoded[0] != ED25519) {
      throw new IllegalArgumentException(
          "not a verifier key (name+key id+Base64 of an Ed25519 key): " + shortened(text));
    }
    VerifierKey parsed = new VerifierKey(parts[0], Arrays.copyOfRange(encoded, 1, encoded.length));
    if (!parsed.keyIdHex().equals(parts[1])) {
      throw new IllegalArgumentException(
          "not a verifier key: its id is " + parsed.keyIdHex() + ", not " + shortened(parts[1]));
    }
    return parsed;
  }

  /** The name of the signer: a log's origin. */
  public String name() {
    return name;
  }

  /** The id in 8 hexadecimal digits. */
  public String keyIdHex() {
    return HexFormat.of().formatHex(keyId);
  }

  byte[] keyId() {
    return keyId.clone();
  }

  /** True if the signature of {@code text} is one of this key. */
  boolean verifies(String text, byte[] signature) {
    byte[] content = text.getBytes(StandardCharsets.UTF_8);
    Ed25519Signer verifier = new Ed25519Signer();
    verifier.init(false, new Ed25519PublicKeyParameters(key, 0));
    verifier.update(content, 0, content.length);
    return verifier.verifySignature(signature);
  }

  /** The text form. */
  public String text() {
    return name + "+" + keyIdHex() + "+" + encoded(key);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof VerifierKey that && text().equals(that.text());
  }

  @Override
  public int hashCode() {
    return text().hashCode();
  }

  @Override
  public String toString() {
    return text();
  }

  static String encoded(byte[] key) {
    byte[] typed = new byte[1 + key.length];
    typed[0] = ED25519;
    System.arraycopy(key, 0, typed, 1, key.length);
    return Base64.getEncoder().encodeToString(typed);
  }

  /** The bytes; none if the text is not the one Base64 form of any. */
  static byte[] decoded(String base64) {
    try {
      byte[] bytes = Base64.getDecoder().decode(base64);
      return Base64.getEncoder().encodeToString(bytes).equals(base64) ? bytes : new byte[0];
    } catch (IllegalArgumentException e) {
      return new byte[0];
    }
  }

  /** The text without its line feed, if it has one. */
  static String line(String text) {
    return text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
  }

  static void checkName(String name) {
    boolean valid = !name.isEmpty() && name.indexOf('+') < 0;
    for (int i = 0; i < name.length() && valid; i++) {
      char c = name.charAt(i);
      valid = !Character.isWhitespace(c) && !Character.isSpaceChar(c) && !Character.isISOControl(c);
    }
    if (!valid) {
      throw new IllegalArgumentException(
          "the name of a key has no spaces and no plus sign: " + shortened(name));
    }
  }

  /** The first bytes of the SHA-256 of the name, a line feed, the type and the key. */
  private static byte[] keyId(String name, byte[] key) {
    MessageDigest sha256 = Digest.newSha256();
    sha256.update(name.getBytes(StandardCharsets.UTF_8));
    sha256.update((byte) '\n');
    sha256.update(ED25519);
    sha256.update(key);
    return Arrays.copyOf(sha256.digest(), KEY_ID_BYTES);
  }

  private static String shortened(String text) {
    return Text.atMost(text, 101);
  }
}
