package whorl.collector.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.config.AgentIssuer;
import whorl.collector.http.request.AgentProof;
import whorl.collector.identity.keys.IssuerKeys;
import whorl.collector.identity.keys.Refusal;
import whorl.collector.identity.keys.RefusedException;
import whorl.collector.testkit.TestIssuer;

/** Tokens like a cluster's, and each reason to refuse one. */
class ServiceAccountTokensTest {
  private final IdentityCounters counters = new IdentityCounters();
  private TestIssuer issuer;
  private Instant now = Instant.parse("2026-03-01T12:00:00Z");
  private long nanos = 1_000_000_000_000L;
  private IssuerKeys keys;
  private ServiceAccountTokens tokens;

  @BeforeEach
  void start() throws IOException {
    issuer = TestIssuer.start();
    use(new AgentIssuer(issuer.url(), null, null, null, null));
  }

  private void use(AgentIssuer source) {
    keys =
        new IssuerKeys(source.issuer(), new ClusterKeySource(source), () -> nanos, counters.keys);
    tokens = new ServiceAccountTokens(List.of(keys), () -> now, counters);
    keys.readIfDue();
  }

  @AfterEach
  void stop() {
    issuer.close();
  }

  private JWTClaimsSet.Builder claims() {
    return issuer.claims("shop", "web", "web-1", now);
  }

  private String signed(JWTClaimsSet.Builder claims) {
    return TestIssuer.signed(claims.build(), issuer.key("k1"));
  }

  private void assertRefused(String token, Refusal why, String sentence) {
    RefusedException refused =
        catchThrowableOfType(RefusedException.class, () -> tokens.verify(token));
    assertThat(refused).as(sentence).isNotNull();
    assertThat(refused.refusal()).isEqualTo(why);
    assertThat(refused).hasMessageContaining(sentence);
    assertThat(refused.getMessage()).doesNotContain(token);
  }

  @Test
  void tokenOfAPod_namesNamespacePodUidAndAccount() throws Exception {
    AgentProof proof = tokens.verify(signed(claims()));
    assertThat(proof.kind()).isEqualTo(AgentProof.Kind.SERVICE_ACCOUNT);
    assertThat(proof.namespace()).isEqualTo("shop");
    assertThat(proof.serviceAccount()).isEqualTo("web");
    assertThat(proof.pod()).isEqualTo("web-1");
    assertThat(proof.podUid()).isEqualTo("uid-of-web-1");
    assertThat(proof.expires()).isEqualTo(now.plusSeconds(3600));
    assertThat(proof.identity()).isEqualTo("pod uid-of-web-1 of " + issuer.url());
    assertThat(proof.account()).isEqualTo("system:serviceaccount:shop:web of " + issuer.url());
  }

  @Test
  void sameTokenAgain_isNotVerifiedAgain() throws Exception {
    String token = signed(claims());
    tokens.verify(token);
    tokens.verify(token);
    assertThat(counters.verified()).isEqualTo(1);
  }

  @Test
  void renewedToken_isTheSameIdentity() throws Exception {
    AgentProof first = tokens.verify(signed(claims()));
    now = now.plus(Duration.ofMinutes(50));
    AgentProof second = tokens.verify(signed(claims()));
    assertThat(second.identity()).isEqualTo(first.identity());
    assertThat(second.expires()).isAfter(first.expires());
  }

  @Test
  void otherPodOfTheSameAccount_isAnotherIdentityWithTheSameAccount() throws Exception {
    AgentProof one = tokens.verify(signed(claims()));
    AgentProof other = tokens.verify(signed(issuer.claims("shop", "web", "web-2", now)));
    assertThat(other.identity()).isNotEqualTo(one.identity());
    assertThat(other.account()).isEqualTo(one.account());
  }

  @Test
  void samePodUidOfAnotherIssuer_isAnotherIdentity() throws Exception {
    try (TestIssuer other = TestIssuer.start()) {
      IssuerKeys otherKeys =
          new IssuerKeys(
              other.url(),
              new ClusterKeySource(new AgentIssuer(other.url(), null, null, null, null)),
              () -> nanos,
              counters.keys);
      otherKeys.readIfDue();
      tokens = new ServiceAccountTokens(List.of(keys, otherKeys), () -> now, counters);
      AgentProof here = tokens.verify(signed(claims()));
      AgentProof there =
          tokens.verify(
              TestIssuer.signed(
                  other.claims("shop", "web", "web-1", now).build(), other.key("k1")));
      assertThat(there.identity()).isNotEqualTo(here.identity());
      assertThat(there.account()).isNotEqualTo(here.account());
      // a key of one cluster says nothing about the other
      assertRefused(
          TestIssuer.signed(claims().build(), other.key("k1")), Refusal.SIGNATURE, "wrong");
    }
  }

  @Test
  void expired_isRefusedAfterTheLeeway_alsoIfItWasKnown() throws Exception {
    String token = signed(claims());
    now = now.plusSeconds(3600 + 29);
    assertThat(tokens.verify(token)).isNotNull();
    now = now.plusSeconds(1);
    assertRefused(token, Refusal.EXPIRED, "it expired at 2026-03-01T13:00:00Z");
    assertThat(counters.verified()).isEqualTo(1);
  }

  @Test
  void notValidYet_isRefusedBeforeTheLeeway() throws Exception {
    String token = signed(claims());
    now = now.minusSeconds(30);
    assertThat(tokens.verify(token)).isNotNull();
    now = now.minusSeconds(1);
    assertRefused(token, Refusal.EARLY, "compare the clocks");
  }

  @Test
  void neverEnding_isRefused() {
    assertRefused(signed(claims().expirationTime(null)), Refusal.LIFETIME, "it never ends");
    assertRefused(
        signed(claims().expirationTime(Date.from(now.plus(Duration.ofDays(365))))),
        Refusal.LIFETIME,
        "lives longer than 25 hours");
  }

  @Test
  void wrongAudience_isRefused() {
    assertRefused(
        signed(claims().audience("https://kubernetes.default.svc")),
        Refusal.AUDIENCE,
        "its audience is https://kubernetes.default.svc");
    assertRefused(signed(claims().audience(List.of())), Refusal.AUDIENCE, "audience: whorl");
  }

  @Test
  void otherIssuer_isRefused() {
    assertRefused(
        signed(claims().issuer("https://elsewhere.example")),
        Refusal.ISSUER,
        "its issuer https://elsewhere.example is not given to serve --agent-issuer");
    assertRefused(signed(claims().issuer(null)), Refusal.ISSUER, "(none)");
  }

  @Test
  void notOfAPod_isRefused() {
    assertRefused(
        signed(claims().claim("kubernetes.io", Map.of("namespace", "shop"))),
        Refusal.NO_POD,
        "not bound to a pod");
    assertRefused(signed(claims().claim("kubernetes.io", null)), Refusal.NO_POD, "bound");
    assertRefused(
        signed(claims().claim("kubernetes.io", "text")), Refusal.MALFORMED, "cannot be read");
    assertRefused(
        signed(
            claims()
                .claim(
                    "kubernetes.io",
                    Map.of(
                        "namespace", "shop",
                        "pod", Map.of("name", "web-1", "uid", "a of https://b"),
                        "serviceaccount", Map.of("name", "web")))),
        Refusal.NO_POD,
        "bound");
    assertRefused(
        signed(claims().subject("system:serviceaccount:other:web")),
        Refusal.MALFORMED,
        "is not system:serviceaccount:shop:web");
  }

  @Test
  void unsigned_isRefused() {
    assertRefused(
        new PlainJWT(claims().build()).serialize(), Refusal.ALGORITHM, "its algorithm none");
  }

  @Test
  void signedWithThePublicKeyAsSecret_isRefused() throws Exception {
    RSAKey key = issuer.addRsaKey("k2").toRSAKey();
    SignedJWT forged =
        new SignedJWT(
            new JWSHeader.Builder(JWSAlgorithm.HS256).keyID("k2").build(), claims().build());
    forged.sign(new MACSigner(key.toRSAPublicKey().getEncoded()));
    assertRefused(forged.serialize(), Refusal.ALGORITHM, "its algorithm HS256");
  }

  @Test
  void changedClaims_areRefused() {
    String[] good = signed(claims()).split("\\.");
    String[] other = signed(issuer.claims("bank", "web", "web-9", now)).split("\\.");
    assertRefused(
        good[0] + "." + other[1] + "." + good[2], Refusal.SIGNATURE, "its signature is wrong");
    assertRefused(good[0] + "." + good[1] + ".", Refusal.MALFORMED, "cannot be read");
    assertRefused("eyJ.eyJ.x", Refusal.MALFORMED, "header");
  }

  @Test
  void unknownKey_isRefusedOnceTheKeysWereReadAgain() {
    JWK foreign = issuer.addEcKey("k9");
    issuer.removeKey("k9");
    String token = TestIssuer.signed(claims().build(), foreign);
    passSeconds(1);
    assertRefused(token, Refusal.KEYS_AWAY, "being read again");
    keys.readIfDue();
    assertRefused(token, Refusal.KEYS_AWAY, "being read again"); // they were read a second ago
    passSeconds(9);
    keys.readIfDue();
    assertRefused(token, Refusal.KEY, "its key k9 is not among the keys of");
  }

  @Test
  void unknownKeys_doNotMakeTheCollectorAskMoreOftenThanEveryTenSeconds() {
    JWK foreign = issuer.addEcKey("k9");
    issuer.removeKey("k9");
    String token = TestIssuer.signed(claims().build(), foreign);
    for (int second = 0; second < 60; second++) {
      passSeconds(1);
      catchThrowableOfType(RefusedException.class, () -> tokens.verify(token));
      keys.readIfDue();
    }
    assertThat(issuer.reads.get()).isLessThanOrEqualTo(7);
  }

  @Test
  void rotation_newKeyIsReadWhenATokenNamesIt_andAKeyThatIsGoneEndsItsTokens() throws Exception {
    String before = signed(claims());
    tokens.verify(before);
    issuer.addRsaKey("k2");
    String after = TestIssuer.signed(claims().build(), issuer.key("k2"));
    passSeconds(10);
    assertRefused(after, Refusal.KEYS_AWAY, "being read again");
    keys.readIfDue();
    assertThat(tokens.verify(after).pod()).isEqualTo("web-1");
    assertThat(tokens.verify(before).pod()).isEqualTo("web-1");

    issuer.removeKey("k1");
    passSeconds(600);
    keys.readIfDue();
    assertRefused(before, Refusal.KEYS_AWAY, "being read again");
    passSeconds(10);
    keys.readIfDue();
    assertRefused(before, Refusal.KEY, "its key k1 is not among the keys of");
    assertThat(tokens.verify(after).pod()).isEqualTo("web-1");
  }

  @Test
  void issuerAway_earlierKeysStayValidForADay() throws Exception {
    issuer.isAway = true;
    passSeconds(600);
    keys.readIfDue();
    assertThat(keys.failure()).contains("status 503");
    assertThat(tokens.verify(signed(claims()))).isNotNull();
    passSeconds(24 * 3600);
    keys.readIfDue();
    assertRefused(signed(claims()), Refusal.KEYS_AWAY, "status 503");
    issuer.isAway = false;
    passSeconds(30);
    keys.readIfDue();
    assertThat(tokens.verify(signed(claims()))).isNotNull();
    assertThat(keys.failure()).isNull();
  }

  @Test
  void discoveryOfAnotherIssuer_isNotFollowed() {
    use(new AgentIssuer(issuer.url() + "/", null, null, null, null));
    assertThat(keys.failure()).contains("is of another issuer");
  }

  @Test
  void keysInAFile_areReadAgainWhenItChanges(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("jwks.json");
    Files.writeString(file, issuer.jwks());
    use(new AgentIssuer(issuer.url(), file, null, null, null));
    tokens.verify(signed(claims()));
    issuer.addEcKey("k2");
    issuer.removeKey("k1");
    String rotated = TestIssuer.signed(claims().build(), issuer.key("k2"));
    assertRefused(rotated, Refusal.KEYS_AWAY, "being read again");
    passSeconds(5);
    keys.readIfDue();
    assertRefused(rotated, Refusal.KEY, "k2");
    Files.writeString(file, issuer.jwks());
    passSeconds(5);
    keys.readIfDue();
    assertThat(tokens.verify(rotated)).isNotNull();
    assertThat(issuer.reads.get()).isEqualTo(1); // of the start, by discovery
  }

  @Test
  void keysThatCannotBeUsed_areRefusedByName(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("jwks.json");
    use(new AgentIssuer(issuer.url(), file, null, null, null));
    assertThat(keys.failure()).contains("cannot read the keys in " + file);
    Files.writeString(file, "{\"keys\":[{\"kty\":\"oct\",\"k\":\"c2VjcmV0\",\"kid\":\"s\"}]}");
    keys.read();
    assertThat(keys.failure()).contains("no RSA key of 2048 bits or more");
    Files.writeString(file, "not json");
    keys.read();
    assertThat(keys.failure()).contains("this is no JWKS");
  }

  private void passSeconds(long seconds) {
    nanos += TimeUnit.SECONDS.toNanos(seconds);
  }
}
