package whorl.collector.identity.keys;

import com.nimbusds.jose.Header;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.factories.DefaultJWSVerifierFactory;
import com.nimbusds.jose.jwk.AsymmetricJWK;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jwt.SignedJWT;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import whorl.collector.identity.keys.IssuerKeys.Search;
import whorl.evidence.Text;

/**
 * What is checked of every signed token: its algorithm, its signature, its times. Never waits.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc8725">RFC 8725, best practices for JWT</a>
 */
public final class JwtChecks {
  /** How much clocks may differ. */
  public static final Duration LEEWAY = Duration.ofSeconds(30);

  /** The most characters of a token. */
  public static final int MAX_CHARS = 8 << 10;

  private static final int MAX_KEYS_TRIED = 4;
  private static final DefaultJWSVerifierFactory VERIFIERS = new DefaultJWSVerifierFactory();

  private static final Set<JWSAlgorithm> ALGORITHMS =
      Set.of(
          JWSAlgorithm.RS256,
          JWSAlgorithm.RS384,
          JWSAlgorithm.RS512,
          JWSAlgorithm.PS256,
          JWSAlgorithm.PS384,
          JWSAlgorithm.PS512,
          JWSAlgorithm.ES256,
          JWSAlgorithm.ES384,
          JWSAlgorithm.ES512);

  private JwtChecks() {}

  /** True if the text has the form of a JWT, whatever it says. */
  public static boolean isJwt(String token) {
    return token.startsWith("ey") && token.chars().filter(each -> each == '.').count() == 2;
  }

  /**
   * Checks the length.
   *
   * @throws RefusedException if there are more than {@link #MAX_CHARS} characters
   */
  public static void requireLength(String token) throws RefusedException {
    if (token.length() > MAX_CHARS) {
      throw new RefusedException(
          Refusal.MALFORMED, "it has more than " + MAX_CHARS + " characters");
    }
  }

  /**
   * Reads a token's header.
   *
   * @throws RefusedException if it cannot be read, or if its algorithm has no public key
   */
  public static JWSHeader header(String token) throws RefusedException {
    int end = token.indexOf('.');
    if (end < 0) {
      throw new RefusedException(Refusal.MALFORMED, "it has no header");
    }
    Header header;
    try {
      header = Header.parse(new Base64URL(token.substring(0, end)));
    } catch (ParseException | IllegalArgumentException e) {
      throw new RefusedException(
          Refusal.MALFORMED, "its header cannot be read: " + shown(e.getMessage()));
    }
    if (header instanceof JWSHeader signed && ALGORITHMS.contains(signed.getAlgorithm())) {
      return signed;
    }
    throw new RefusedException(
        Refusal.ALGORITHM,
        "its algorithm "
            + shown(String.valueOf(header.getAlgorithm()))
            + " is none of RS256, PS256, ES256 and their longer forms");
  }

  /**
   * Verifies the signature.
   *
   * @return the version of the keys with which it was verified
   * @throws RefusedException also if the keys are not there now
   */
  public static long requireSignature(SignedJWT jwt, JWSHeader header, IssuerKeys issuer)
      throws RefusedException {
    Search search = issuer.find(header);
    if (search instanceof Search.Away away) {
      throw new RefusedException(Refusal.KEYS_AWAY, away.why());
    }
    if (!(search instanceof Search.Found found)) {
      throw new RefusedException(
          Refusal.KEY,
          "its key " + shown(header.getKeyID()) + " is not among the keys of " + issuer.name());
    }
    for (JWK key : found.keys().subList(0, Math.min(MAX_KEYS_TRIED, found.keys().size()))) {
      try {
        JWSVerifier verifier =
            VERIFIERS.createJWSVerifier(header, ((AsymmetricJWK) key).toPublicKey());
        if (jwt.verify(verifier)) {
          return found.version();
        }
      } catch (JOSEException e) {
        // this key does not fit the algorithm: as a wrong signature
      }
    }
    throw new RefusedException(Refusal.SIGNATURE, "its signature is wrong");
  }

  /**
   * Checks that a token is valid now.
   *
   * @param remedy for a token that has expired
   * @throws RefusedException if it is not
   */
  public static void requireTime(Instant begins, Instant expires, Instant now, String remedy)
      throws RefusedException {
    if (!now.isBefore(expires.plus(LEEWAY))) {
      throw new RefusedException(Refusal.EXPIRED, "it expired at " + expires + "; " + remedy);
    }
    if (now.isBefore(begins.minus(LEEWAY))) {
      throw new RefusedException(
          Refusal.EARLY, "it is valid from " + begins + " on; compare the clocks");
    }
  }

  public static @Nullable Instant instant(@Nullable Date date) {
    return date == null ? null : date.toInstant();
  }

  /** Text of an unverified token, shortened. */
  public static String shown(@Nullable String text) {
    return text == null ? "(none)" : Text.shortened(text);
  }
}
