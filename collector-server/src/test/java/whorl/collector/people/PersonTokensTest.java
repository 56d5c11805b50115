package whorl.collector.people;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import whorl.collector.config.PeopleLogin;
import whorl.collector.http.request.Person;
import whorl.collector.identity.keys.Refusal;
import whorl.collector.identity.keys.RefusedException;
import whorl.collector.testkit.FakeProvider;
import whorl.collector.testkit.TestIssuer;

/** Tokens of people, and each reason to refuse one. */
class PersonTokensTest {
  private static final String EVENT = "http://schemas.openid.net/event/backchannel-logout";

  private final PeopleCounters counters = new PeopleCounters();
  private FakeProvider issuer;
  private Instant now = Instant.parse("2026-03-01T12:00:00Z");
  private long nanos = 1_000_000_000_000L;
  private Provider provider;
  private PersonTokens tokens;

  @BeforeEach
  void start() throws IOException {
    issuer = FakeProvider.start();
    use(login(null, FakeProvider.CLIENT, "groups"));
  }

  @AfterEach
  void stop() {
    issuer.close();
  }

  private PeopleLogin login(@Nullable String cliClient, String audience, String groupsClaim) {
    return new PeopleLogin(
        issuer.url(),
        FakeProvider.CLIENT,
        null,
        cliClient,
        List.of("openid"),
        groupsClaim,
        audience,
        null,
        null,
        Path.of("unused"));
  }

  private void use(PeopleLogin login) {
    provider = new Provider(login, () -> nanos, counters.keys);
    provider.readIfDue();
    assertThat(provider.problem()).isNull();
    tokens = new PersonTokens(login, provider.keys(), () -> now, counters);
  }

  private JWTClaimsSet.Builder claims() {
    return issuer.claims("1a2b", now, List.of("shop", "ops"));
  }

  private String signed(UnaryOperator<JWTClaimsSet.Builder> change) {
    return TestIssuer.signed(change.apply(claims()).build(), issuer.key("k1"));
  }

  private static String typed(JWTClaimsSet claims, JWK key, String type) throws Exception {
    SignedJWT jwt =
        new SignedJWT(
            new JWSHeader.Builder(JWSAlgorithm.ES256)
                .keyID(key.getKeyID())
                .type(new JOSEObjectType(type))
                .build(),
            claims);
    jwt.sign(new ECDSASigner(key.toECKey()));
    return jwt.serialize();
  }

  private interface Verifying {
    void verify() throws Exception;
  }

  private static void assertRefused(Refusal why, String sentence, Verifying verifying) {
    RefusedException refused =
        catchThrowableOfType(RefusedException.class, () -> verifying.verify());
    assertThat(refused).as(sentence).isNotNull();
    assertThat(refused.refusal()).isEqualTo(why);
    assertThat(refused).hasMessageContaining(sentence);
  }

  private void assertRefused(String token, Refusal why, String sentence) {
    assertRefused(why, sentence, () -> tokens.verify(token));
  }

  @Test
  void token_namesThePersonAndTheGroups() throws Exception {
    Person person = tokens.verify(signed(claims -> claims));

    assertThat(person.subject()).isEqualTo("1a2b");
    assertThat(person.username()).isEqualTo("user-1a2b");
    assertThat(person.displayName()).isEqualTo("Person 1a2b");
    assertThat(person.groups()).containsExactly("shop", "ops");
    assertThat(person.principalName()).isEqualTo("oidc:user-1a2b#1a2b");
  }

  @Test
  void usernameOfAnother_isNotTheOther() throws Exception {
    Person one = tokens.verify(signed(claims -> claims));
    Person thief =
        tokens.verify(
            signed(claims -> claims.subject("9z").claim("preferred_username", "user-1a2b")));

    assertThat(thief.principalName()).isNotEqualTo(one.principalName());
  }

  @Test
  void namesForPeople_areMadeHarmless() throws Exception {
    Person person =
        tokens.verify(
            signed(
                claims ->
                    claims
                        .claim("preferred_username", "a\nb#c d" + "x".repeat(200))
                        .claim("name", "Eve\u202e\n" + "y".repeat(200))));

    assertThat(person.username()).startsWith("a_b_c_dxx").hasSize(64);
    assertThat(person.displayName()).startsWith("Eve__yy").hasSize(100);
    Person unnamed =
        tokens.verify(signed(claims -> claims.claim("preferred_username", null).claim("name", 7)));
    assertThat(unnamed.principalName()).isEqualTo("oidc:1a2b");
    assertThat(unnamed.displayName()).isEqualTo("1a2b");
  }

  @Test
  void groups_areReadFromTheClaimThatIsConfigured() throws Exception {
    use(login(null, FakeProvider.CLIENT, "realm_access.roles"));
    String token = signed(claims -> claims.claim("realm_access", Map.of("roles", List.of("ops"))));

    assertThat(tokens.verify(token).groups()).containsExactly("ops");
    use(login(null, FakeProvider.CLIENT, "absent"));
    assertThat(tokens.verify(token).groups()).isEmpty();
    use(login(null, FakeProvider.CLIENT, "name"));
    assertThat(tokens.verify(token).groups()).containsExactly("Person 1a2b");
    use(login(null, FakeProvider.CLIENT, "realm_access"));
    assertRefused(token, Refusal.MALFORMED, "is not a list of texts");
  }

  @Test
  void tokenThatComesAgain_isNotVerifiedAgain_untilItEnds() throws Exception {
    String token = signed(claims -> claims);
    tokens.verify(token);
    tokens.verify(token);
    assertThat(counters.verified()).isEqualTo(1);

    now = now.plus(Duration.ofMinutes(6));
    assertRefused(token, Refusal.EXPIRED, "it expired at 2026-03-01T12:05:00Z; log in again");
  }

  @Test
  void time_isChecked_withALittleLeeway() throws Exception {
    tokens.verify(signed(claims -> claims.expirationTime(at(-20)).issueTime(at(-300))));
    tokens.verify(signed(claims -> claims.notBeforeTime(at(20))));

    assertRefused(
        signed(claims -> claims.issueTime(at(-300)).expirationTime(at(-31))),
        Refusal.EXPIRED,
        "it expired");
    assertRefused(
        signed(claims -> claims.notBeforeTime(at(31))), Refusal.EARLY, "it is valid from");
    assertRefused(
        signed(claims -> claims.issueTime(at(120)).expirationTime(at(300))),
        Refusal.EARLY,
        "it is valid from");
    assertRefused(signed(claims -> claims.expirationTime(null)), Refusal.LIFETIME, "it never ends");
    assertRefused(signed(claims -> claims.issueTime(null)), Refusal.LIFETIME, "it never ends");
    assertRefused(
        signed(claims -> claims.expirationTime(at(26 * 3600))), Refusal.LIFETIME, "25 hours");
  }

  private Date at(long seconds) {
    return Date.from(now.plusSeconds(seconds));
  }

  @Test
  void audienceAndClient_areChecked() throws Exception {
    tokens.verify(
        signed(
            claims ->
                claims
                    .audience(List.of("account", FakeProvider.CLIENT))
                    .claim("azp", FakeProvider.CLIENT)));

    assertRefused(
        signed(claims -> claims.audience("other")),
        Refusal.AUDIENCE,
        "its audience is other and not " + FakeProvider.CLIENT);
    assertRefused(
        signed(claims -> claims.audience((String) null)), Refusal.AUDIENCE, "its audience is");
    assertRefused(
        signed(
            claims -> claims.audience(List.of(FakeProvider.CLIENT, "other")).claim("azp", "other")),
        Refusal.CLIENT,
        "made for the client other");
    assertRefused(
        signed(claims -> claims.audience(List.of(FakeProvider.CLIENT, "other"))),
        Refusal.CLIENT,
        "(azp)");
  }

  @Test
  void audienceOfTheApi_andTheClientOfTheCli_areAccepted_butNotAtALogin() throws Exception {
    use(login("whorl-cli", "whorl-api", "groups"));
    tokens.verify(signed(claims -> claims.audience("whorl-api")));
    tokens.verify(signed(claims -> claims.audience("whorl-cli")));

    assertRefused(
        signed(claims -> claims.audience(FakeProvider.CLIENT)), Refusal.AUDIENCE, "its audience");
    assertRefused(
        Refusal.AUDIENCE,
        "its audience",
        () ->
            tokens.verifyLogin(
                signed(claims -> claims.audience("whorl-cli").claim("nonce", "n")), "n"));
  }

  @Test
  void otherIssuers_areNotOurs() throws Exception {
    assertThat(tokens.isOfProvider(signed(claims -> claims))).isTrue();
    assertThat(tokens.isOfProvider(signed(claims -> claims.issuer("https://elsewhere.example"))))
        .isFalse();
    assertThat(tokens.isOfProvider("viewer-token-0123456789")).isFalse();
    assertThat(tokens.isOfProvider("eyJ.e30.x")).isFalse();
    assertThat(tokens.isOfProvider("ey" + "x".repeat(9000) + "..")).isFalse();
    assertRefused(
        signed(claims -> claims.issuer("https://elsewhere.example")), Refusal.ISSUER, "its issuer");
  }

  @Test
  void signature_isVerified_andSymmetricOrAbsentOnesAreRefused() throws Exception {
    String token = signed(claims -> claims);
    String other = signed(claims -> claims.subject("other"));
    String mixed =
        token.substring(0, token.lastIndexOf('.')) + other.substring(other.lastIndexOf('.'));
    assertRefused(mixed, Refusal.SIGNATURE, "its signature is wrong");
    assertRefused(
        new PlainJWT(claims().build()).serialize(), Refusal.ALGORITHM, "its algorithm none");
    SignedJWT symmetric =
        new SignedJWT(
            new JWSHeader.Builder(JWSAlgorithm.HS256).keyID("k1").build(), claims().build());
    symmetric.sign(new MACSigner(issuer.key("k1").toECKey().toPublicJWK().toJSONString()));
    assertRefused(symmetric.serialize(), Refusal.ALGORITHM, "its algorithm HS256");
    assertRefused("eyJhbGciOiJSUzI1NiJ9.e30.", Refusal.MALFORMED, "it cannot be read");
  }

  @Test
  void keyThatIsGone_isRefused_andANewOneIsFetchedOnce() throws Exception {
    String before = signed(claims -> claims);
    tokens.verify(before);
    JWK fresh = issuer.keys().addEcKey("k2");
    String after = TestIssuer.signed(claims().build(), fresh);
    assertRefused(after, Refusal.KEYS_AWAY, "are being read again");
    for (int i = 0; i < 50; i++) {
      int number = i;
      assertRefused(
          Refusal.KEYS_AWAY,
          "read again",
          () ->
              tokens.verify(
                  TestIssuer.signed(
                      claims().build(),
                      new ECKeyGenerator(Curve.P_256).keyID("forged-" + number).generate())));
    }
    long reads = counters.keyReads();
    pass(Duration.ofSeconds(10));
    provider.readIfDue();
    provider.readIfDue();
    assertThat(counters.keyReads()).isEqualTo(reads + 1);
    tokens.verify(after);

    issuer.keys().removeKey("k1");
    pass(Duration.ofMinutes(10));
    provider.readIfDue();
    assertRefused(before, Refusal.KEYS_AWAY, "are being read again");
    pass(Duration.ofSeconds(10));
    provider.readIfDue();
    assertRefused(before, Refusal.KEY, "its key k1 is not among the keys");
  }

  private void pass(Duration time) {
    nanos += TimeUnit.NANOSECONDS.convert(time);
  }

  @Test
  void providerThatIsAway_costsNoKeys_forADay() throws Exception {
    issuer.isAway = true;
    pass(Duration.ofHours(23));
    provider.readIfDue();
    assertThat(provider.problem()).contains("status 503", "may not be able to log in");
    tokens.verify(signed(claims -> claims));

    pass(Duration.ofHours(2));
    assertRefused(signed(claims -> claims), Refusal.KEYS_AWAY, "status 503");
  }

  @Test
  void tokensOfMachines_areNoPeople() {
    assertRefused(
        signed(claims -> claims.subject("system:serviceaccount:shop:web")),
        Refusal.KIND,
        "of a service account");
    assertRefused(
        signed(claims -> claims.claim("kubernetes.io", Map.of("namespace", "shop"))),
        Refusal.KIND,
        "of a service account");
    assertRefused(
        signed(claims -> claims.subject("robot").claim("azp", "robot")),
        Refusal.KIND,
        "of a service account");
    assertRefused(
        signed(
            claims ->
                claims
                    .claim("client_id", "robot")
                    .claim("preferred_username", "service-account-robot")),
        Refusal.KIND,
        "of a service account");
  }

  @Test
  void tokensForOtherThings_areRefused() throws Exception {
    JWK key = issuer.key("k1");
    tokens.verify(typed(claims().build(), key, "at+jwt"));
    tokens.verify(typed(claims().claim("typ", "Bearer").build(), key, "JWT"));
    tokens.verify(typed(claims().claim("typ", "ID").build(), key, "JWT"));

    for (String type : List.of("logout+jwt", "dpop+jwt", "secevent+jwt", "entity-statement+jwt")) {
      assertRefused(typed(claims().build(), key, type), Refusal.KIND, "made for something else");
    }
    for (String type : List.of("Refresh", "Offline", "Logout", "Anything")) {
      assertRefused(
          signed(claims -> claims.claim("typ", type)), Refusal.KIND, "made for something else");
    }
    assertRefused(
        TestIssuer.signed(issuer.logout("1a2b", now).build(), key), Refusal.KIND, "an event");
  }

  @Test
  void login_needsItsNonce() throws Exception {
    String token = signed(claims -> claims.claim("nonce", "n1").claim("sid", "s1"));

    PersonTokens.LoggedIn loggedIn = tokens.verifyLogin(token, "n1");
    assertThat(loggedIn.person().subject()).isEqualTo("1a2b");
    assertThat(loggedIn.session()).isEqualTo("s1");
    assertRefused(Refusal.NONCE, "(nonce)", () -> tokens.verifyLogin(token, "n2"));
    assertRefused(
        Refusal.NONCE, "(nonce)", () -> tokens.verifyLogin(signed(claims -> claims), "n1"));
    assertRefused(
        Refusal.KIND,
        "made for something else",
        () ->
            tokens.verifyLogin(
                typed(claims().claim("nonce", "n1").build(), issuer.key("k1"), "at+jwt"), "n1"));
    assertRefused(
        Refusal.KIND,
        "made for something else",
        () ->
            tokens.verifyLogin(
                signed(claims -> claims.claim("nonce", "n1").claim("typ", "Bearer")), "n1"));
  }

  @Test
  void logoutToken_isCheckedAsItsSpecificationSays() throws Exception {
    JWK key = issuer.key("k1");
    JWTClaimsSet.Builder whole = issuer.logout("1a2b", now).claim("sid", "s1");
    PersonTokens.Logout logout = tokens.verifyLogout(typed(whole.build(), key, "logout+jwt"));
    assertThat(logout.subject()).isEqualTo("1a2b");
    assertThat(logout.session()).isEqualTo("s1");

    assertLogoutRefused(Refusal.KIND, issuer.logout("1a2b", now).claim("events", null));
    assertLogoutRefused(
        Refusal.KIND, issuer.logout("1a2b", now).claim("events", Map.of("other", Map.of())));
    assertLogoutRefused(Refusal.KIND, issuer.logout("1a2b", now).claim("events", List.of(EVENT)));
    assertLogoutRefused(Refusal.KIND, issuer.logout("1a2b", now).claim("nonce", "n"));
    assertLogoutRefused(Refusal.MALFORMED, issuer.logout("1a2b", now).jwtID(null));
    assertLogoutRefused(Refusal.MALFORMED, issuer.logout("1a2b", now).subject(null));
    assertLogoutRefused(Refusal.AUDIENCE, issuer.logout("1a2b", now).audience("other"));
    assertLogoutRefused(
        Refusal.EXPIRED, issuer.logout("1a2b", now).issueTime(at(-300)).expirationTime(at(-60)));
    assertLogoutRefused(Refusal.KIND, claims());
  }

  private void assertLogoutRefused(Refusal why, JWTClaimsSet.Builder claims) {
    assertRefused(
        why, "it", () -> tokens.verifyLogout(TestIssuer.signed(claims.build(), issuer.key("k1"))));
  }

  @Test
  void discoveryOfAnotherIssuer_isRefused_andTheRemedyIsNamed() {
    issuer.namedIssuer = issuer.url() + "/";
    Provider wrong =
        new Provider(login(null, FakeProvider.CLIENT, "groups"), () -> nanos, counters.keys);
    wrong.readIfDue();

    assertThat(wrong.endpoints()).isNull();
    assertThat(wrong.problem()).contains("give it to --oidc-issuer exactly as it is");
  }

  @Test
  void endpointsWithoutTls_areRefused() {
    issuer.more = Map.of("token_endpoint", "http://login.example.org/token");
    Provider wrong =
        new Provider(login(null, FakeProvider.CLIENT, "groups"), () -> nanos, counters.keys);
    wrong.readIfDue();

    assertThat(wrong.endpoints()).isNull();
    assertThat(wrong.problem()).contains("has no token_endpoint of https");
  }
}
