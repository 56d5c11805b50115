package whorl.collector.http.auth;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import whorl.evidence.Digest;

/**
 * The secret id of a session, the cookie's value: 32 random bytes. The CSRF token is derived from
 * it, so that every collector can compute it and none has to keep it.
 */
record SessionId(String value) {
  private static final int RANDOM_BYTES = 32;
  private static final int CHARS = 43;
  private static final String HMAC = "HmacSHA256";
  private static final byte[] CSRF = "whorl csrf".getBytes(StandardCharsets.UTF_8);

  static SessionId next(SecureRandom random) {
    byte[] bytes = new byte[RANDOM_BYTES];
    random.nextBytes(bytes);
    return new SessionId(base64(bytes));
  }

  /** True if an id may have this form; saves a search for what cannot exist. */
  boolean isPossible() {
    return value.length() == CHARS;
  }

  /** What is kept of the id. */
  Digest digest() {
    return new Digest(HexFormat.of().formatHex(Tokens.sha256(value)));
  }

  /** The session's CSRF token: an HMAC under the id, which reveals nothing of the id. */
  String csrf() {
    try {
      Mac mac = Mac.getInstance(HMAC);
      mac.init(new SecretKeySpec(value.getBytes(StandardCharsets.UTF_8), HMAC));
      return base64(mac.doFinal(CSRF));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has HMAC with SHA-256", e);
    }
  }

  /** Never shows the id. */
  @Override
  public String toString() {
    return "session " + digest();
  }

  private static String base64(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}
