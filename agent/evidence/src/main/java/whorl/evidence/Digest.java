package whorl.evidence;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.Provider;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * A SHA-256 digest, which identifies content.
 *
 * @param hex 64 lower-case hexadecimal digits
 */
public record Digest(@JsonValue String hex) {
  private static final int HEX_DIGITS = 64;

  /**
   * Cloned for each digest: another look-up of providers would call those of the application.
   * Created at the first use, because this class is loaded while the application starts.
   */
  private static volatile @Nullable MessageDigest prototype;

  /**
   * @throws IllegalArgumentException if {@code hex} is no SHA-256
   */
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public Digest {
    if (!isSha256(hex)) {
      throw new IllegalArgumentException("not a sha-256: " + Text.shortened(hex));
    }
  }

  private static boolean isSha256(String hex) {
    boolean valid = hex.length() == HEX_DIGITS;
    for (int i = 0; i < hex.length() && valid; i++) {
      char digit = hex.charAt(i);
      valid = digit >= '0' && digit <= '9' || digit >= 'a' && digit <= 'f';
    }
    return valid;
  }

  /** The digest of these bytes. */
  public static Digest of(byte[] content) {
    return finish(newSha256(), content);
  }

  /** The current digest of {@code running}, which this call resets. */
  public static Digest of(MessageDigest running) {
    return new Digest(HexFormat.of().formatHex(running.digest()));
  }

  /** A new SHA-256 of the platform's own implementation. */
  public static MessageDigest newSha256() {
    MessageDigest known = prototype;
    if (known == null) {
      known = platformSha256();
      prototype = known;
    }
    try {
      return (MessageDigest) known.clone();
    } catch (CloneNotSupportedException e) {
      return platformSha256();
    }
  }

  private static MessageDigest platformSha256() {
    try {
      Provider provider = PlatformProvider.of("MessageDigest", "SHA-256");
      return provider == null
          ? MessageDigest.getInstance("SHA-256")
          : MessageDigest.getInstance("SHA-256", provider);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this Java platform lacks SHA-256", e);
    }
  }

  /** The 32 bytes. */
  public byte[] bytes() {
    return HexFormat.of().parseHex(hex);
  }

  @Override
  public String toString() {
    return hex;
  }

  private static Digest finish(MessageDigest sha256, byte[] content) {
    sha256.update(content);
    return of(sha256);
  }
}
