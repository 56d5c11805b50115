package whorl.collector.people;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import whorl.collector.config.PeopleLogin;
import whorl.collector.identity.keys.IssuerKeys;
import whorl.collector.identity.keys.KeyCounters;
import whorl.collector.identity.keys.KeySource;
import whorl.collector.identity.keys.RefusedException;

/** What anybody may send as a token, what a provider may sign, and any cookie of a login. */
class PersonTokensFuzzTest {
  private static final Instant NOW = Instant.ofEpochSecond(1_800_000_000L);
  private static final String ISSUER = "https://login.example";
  private static ECKey key;
  private static PersonTokens tokens;

  @BeforeAll
  static void make() throws Exception {
    key = new ECKeyGenerator(Curve.P_256).keyID("k1").generate();
    String keys = new JWKSet(key).toPublicJWKSet().toString();
    tokens =
        new PersonTokens(
            new PeopleLogin(
                ISSUER,
                "whorl",
                null,
                null,
                List.of("openid"),
                "groups",
                "whorl",
                null,
                null,
                Path.of("unused")),
            keys(keys),
            () -> NOW,
            new PeopleCounters());
  }

  private static IssuerKeys keys(String json) {
    IssuerKeys keys =
        new IssuerKeys(
            ISSUER,
            new KeySource() {
              @Override
              public boolean isLocal() {
                return true;
              }

              @Override
              public String read() {
                return json;
              }
            },
            () -> 1,
            new KeyCounters());
    keys.read();
    return keys;
  }

  @FuzzTest
  void anyToken_isRefused(byte[] input) {
    String token = new String(input, StandardCharsets.ISO_8859_1);
    boolean unused = tokens.isOfProvider(token);
    assertThat(isAccepted(token)).isFalse();
  }

  /** With a good signature, they are of a person, or refused. */
  @FuzzTest
  void anyClaims_areTakenOrRefused(byte[] input) throws JOSEException {
    JWSObject jws =
        new JWSObject(
            new JWSHeader.Builder(JWSAlgorithm.ES256).keyID("k1").build(), new Payload(input));
    jws.sign(new ECDSASigner(key));
    boolean unused = isAccepted(jws.serialize());
  }

  private static boolean isAccepted(String token) {
    boolean accepted = false;
    try {
      assertThat(tokens.verify(token).subject()).isNotBlank();
      accepted = true;
    } catch (RefusedException refused) {
      requireReason(token, refused);
    }
    try {
      assertThat(tokens.verifyLogin(token, "nonce").person().subject()).isNotBlank();
      accepted = true;
    } catch (RefusedException refused) {
      requireReason(token, refused);
    }
    try {
      PersonTokens.Logout logout = tokens.verifyLogout(token);
      assertThat(logout.session() == null && logout.subject() == null).isFalse();
      accepted = true;
    } catch (RefusedException refused) {
      requireReason(token, refused);
    }
    return accepted;
  }

  private static void requireReason(String token, RefusedException refused) {
    assertThat(refused.getMessage()).isNotBlank().hasSizeLessThan(1_000);
    assertThat(token.length() > 200 && refused.getMessage().contains(token)).isFalse();
  }

  @FuzzTest
  void anyKeys_areReadOrRefused(byte[] input) {
    IssuerKeys keys = keys(new String(input, StandardCharsets.UTF_8));
    assertThat(keys.failure() == null).isEqualTo(keys.version() >= 0);
  }

  /** No cookie leads to another site. */
  @FuzzTest
  void anyCookie_isALoginOrNone(byte[] input) {
    LoginState login = LoginState.ofCookie(new String(input, StandardCharsets.ISO_8859_1), false);
    if (login != null) {
      assertThat(login.returnTo()).matches("/(#/.*)?");
      boolean unused = login.hasEnded(NOW);
      assertThat(login.hasState(null)).isFalse();
    }
  }
}
