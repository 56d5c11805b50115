package whorl.collector.identity;

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
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import whorl.collector.config.AgentIssuer;
import whorl.collector.http.request.AgentProof;
import whorl.collector.identity.keys.IssuerKeys;
import whorl.collector.identity.keys.JwtChecks;
import whorl.collector.identity.keys.KeyCounters;
import whorl.collector.identity.keys.RefusedException;

/** What anybody may send as a token, what an issuer may sign, and what a file of keys may hold. */
class ServiceAccountTokensFuzzTest {
  private static final String ISSUER = "https://issuer.example";
  private static final Instant NOW = Instant.ofEpochSecond(1_800_000_000L);

  /** Without the issuer's key nothing is accepted, and the refusal does not repeat the token. */
  @FuzzTest
  void tokens_areRefusedWithAReason(byte[] input) throws Exception {
    String token = new String(input, StandardCharsets.ISO_8859_1);
    if (!JwtChecks.isJwt(token)) {
      return;
    }
    try (Keys keys = Keys.make()) {
      AgentProof accepted = keys.tokens().verify(token);
      throw new AssertionError("accepted: " + accepted);
    } catch (RefusedException refused) {
      assertThat(refused.refusal()).isNotNull();
      assertThat(refused.getMessage()).isNotBlank().hasSizeLessThan(1000);
      assertThat(token.length() > 200 && refused.getMessage().contains(token)).isFalse();
    }
  }

  /** Claims with a good signature are a pod's, or refused. */
  @FuzzTest
  void claims_areOfAPodOrRefused(byte[] input) throws Exception {
    try (Keys keys = Keys.make()) {
      AgentProof proof = keys.tokens().verify(keys.signed(input));
      assertThat(proof.kind()).isEqualTo(AgentProof.Kind.SERVICE_ACCOUNT);
      assertThat(proof.namespace()).matches("[a-z0-9.-]{1,253}");
      assertThat(proof.pod()).matches("[a-z0-9.-]{1,253}");
      assertThat(proof.podUid()).matches("[A-Za-z0-9-]{1,64}");
      assertThat(proof.expires()).isAfter(NOW.minusSeconds(31));
      assertThat(proof.identity()).isEqualTo("pod " + proof.podUid() + " of " + ISSUER);
    } catch (RefusedException refused) {
      assertThat(refused.getMessage()).isNotBlank();
    }
  }

  /** Keys are read, or the reason why not is kept. */
  @FuzzTest
  void keys_areReadOrRefused(byte[] input) throws Exception {
    Path file = Files.createTempFile("jwks", "");
    try {
      Files.write(file, input);
      IssuerKeys keys = keys(file);
      keys.read();
      assertThat(keys.failure() == null).isEqualTo(keys.version() >= 0);
    } finally {
      Files.delete(file);
    }
  }

  private static IssuerKeys keys(Path file) {
    return new IssuerKeys(
        ISSUER,
        new ClusterKeySource(new AgentIssuer(ISSUER, file, null, null, null)),
        () -> 1,
        new KeyCounters());
  }

  /** The keys of an issuer, in a file. */
  private record Keys(Path file, ECKey key, ServiceAccountTokens tokens) implements AutoCloseable {
    private static final ECKey KEY = generated();

    private static ECKey generated() {
      try {
        return new ECKeyGenerator(Curve.P_256).keyID("k1").generate();
      } catch (JOSEException e) {
        throw new IllegalStateException(e);
      }
    }

    static Keys make() throws IOException {
      Path file = Files.createTempFile("jwks", "");
      Files.writeString(file, new JWKSet(KEY).toPublicJWKSet().toString());
      IssuerKeys keys = keys(file);
      keys.read();
      return new Keys(
          file, KEY, new ServiceAccountTokens(List.of(keys), () -> NOW, new IdentityCounters()));
    }

    String signed(byte[] claims) throws JOSEException {
      JWSObject jws =
          new JWSObject(
              new JWSHeader.Builder(JWSAlgorithm.ES256).keyID("k1").build(), new Payload(claims));
      jws.sign(new ECDSASigner(key));
      return jws.serialize();
    }

    @Override
    public void close() throws IOException {
      Files.delete(file);
    }
  }
}
