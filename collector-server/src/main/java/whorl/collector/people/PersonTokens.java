package whorl.collector.people;

import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.JWTParser;
import com.nimbusds.jwt.SignedJWT;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import whorl.collector.config.PeopleLogin;
import whorl.collector.http.request.Person;
import whorl.collector.identity.keys.IssuerKeys;
import whorl.collector.identity.keys.JwtChecks;
import whorl.collector.identity.keys.Refusal;
import whorl.collector.identity.keys.RefusedException;
import whorl.collector.recent.RecentMap;
import whorl.evidence.Digest;

/**
 * Verifies signed tokens of the identity provider without asking it: ID tokens of logins, tokens
 * for the API, and logout tokens; none of them passes as another. A token for the API that comes
 * again is found by its digest, until it ends or the provider's keys change. Thread-safe; never
 * waits.
 */
final class PersonTokens {
  /** A stolen token must end soon. */
  static final Duration LIFETIME_MAX = Duration.ofHours(25);

  /** Longer than for the API, because it comes from the provider itself, with many groups. */
  private static final int LOGIN_MAX_CHARS = 64 << 10;

  private static final int MAX_REMEMBERED = 10_000;
  private static final String LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout";

  private final PeopleLogin login;
  private final IssuerKeys keys;
  private final InstantSource clock;
  private final PeopleCounters counters;
  private final PersonClaims persons;

  /** Guarded by itself. */
  private final Map<Digest, Verified> remembered = RecentMap.byUse(MAX_REMEMBERED);

  private record Verified(Person person, Instant begins, Instant expires, long keysVersion) {}

  /** What a token must be, besides signed and valid now. */
  private record Kind(Set<String> headerTypes, Set<String> payloadTypes, Set<String> audiences) {}

  private record Checked(JWTClaimsSet claims, Instant begins, Instant expires, long keysVersion) {}

  /**
   * A person at a login.
   *
   * @param session at the provider; null if the token does not name it
   */
  record LoggedIn(Person person, @Nullable String session) {}

  /**
   * A session that the provider ended.
   *
   * @param id of the token, which may be used once
   * @param session null for all of the subject's
   * @param subject null if only the session is named
   */
  record Logout(String id, @Nullable String session, @Nullable String subject, Instant expires) {}

  private final Kind apiKind;
  private final Kind loginKind;
  private final Kind logoutKind;

  /**
   * @param clock the same for all collectors
   */
  PersonTokens(PeopleLogin login, IssuerKeys keys, InstantSource clock, PeopleCounters counters) {
    this.login = login;
    this.keys = keys;
    this.clock = clock;
    this.counters = counters;
    this.persons = new PersonClaims(login.groupsClaim());
    // Keycloak says in the payload, too, what a token is for
    this.apiKind =
        new Kind(
            Set.of("jwt", "at+jwt", "application/at+jwt"),
            Set.of("bearer", "id"),
            login.audiences());
    this.loginKind = new Kind(Set.of("jwt"), Set.of("id"), Set.of(login.clientId()));
    this.logoutKind =
        new Kind(
            Set.of("jwt", "logout+jwt", "application/logout+jwt"),
            Set.of("logout"),
            login.clients());
  }

  /** True if the token says that it is of the provider, whether or not it is. */
  boolean isOfProvider(String token) {
    if (!JwtChecks.isJwt(token) || token.length() > JwtChecks.MAX_CHARS) {
      return false;
    }
    try {
      return login.issuer().equals(JWTParser.parse(token).getJWTClaimsSet().getIssuer());
    } catch (ParseException | IllegalArgumentException e) {
      return false; // the check of agents' tokens says what is wrong with it
    }
  }

  /**
   * Verifies a token for the API.
   *
   * @throws RefusedException with the reason
   */
  Person verify(String token) throws RefusedException {
    JwtChecks.requireLength(token);
    Digest digest = Digest.of(token.getBytes(StandardCharsets.UTF_8));
    Verified known;
    synchronized (remembered) {
      known = remembered.get(digest);
    }
    if (known != null && keys.version() == known.keysVersion()) {
      requireTime(known.begins(), known.expires());
      return known.person();
    }
    Checked checked = checked(token, apiKind);
    requireNoLogout(checked.claims());
    Person person = persons.person(keys.name(), checked.claims());
    counters.verified.increment();
    synchronized (remembered) {
      remembered.put(
          digest, new Verified(person, checked.begins(), checked.expires(), checked.keysVersion()));
    }
    return person;
  }

  /**
   * Verifies the ID token of a login.
   *
   * @param nonce that the login sent
   * @throws RefusedException with the reason
   */
  LoggedIn verifyLogin(String token, String nonce) throws RefusedException {
    if (token.length() > LOGIN_MAX_CHARS) {
      throw new RefusedException(Refusal.MALFORMED, "it is longer than 64 KiB");
    }
    Checked checked = checked(token, loginKind);
    requireNoLogout(checked.claims());
    if (!nonce.equals(checked.claims().getClaim("nonce"))) {
      throw new RefusedException(Refusal.NONCE, "it is not the answer to this login (nonce)");
    }
    Person person = persons.person(keys.name(), checked.claims());
    counters.verified.increment();
    return new LoggedIn(person, PersonClaims.session(checked.claims()));
  }

  /**
   * Verifies a logout token.
   *
   * @see <a href="https://openid.net/specs/openid-connect-backchannel-1_0.html">OpenID Connect
   *     Back-Channel Logout, 2.6</a>
   * @throws RefusedException with the reason
   */
  Logout verifyLogout(String token) throws RefusedException {
    JwtChecks.requireLength(token);
    Checked checked = checked(token, logoutKind);
    JWTClaimsSet claims = checked.claims();
    boolean isLogout =
        claims.getClaim("events") instanceof Map<?, ?> events
            && events.get(LOGOUT_EVENT) instanceof Map<?, ?>;
    if (!isLogout || claims.getClaim("nonce") != null) {
      throw new RefusedException(Refusal.KIND, "it is no logout token (events, nonce)");
    }
    String id = claims.getJWTID();
    String session = PersonClaims.session(claims);
    String subject = claims.getSubject();
    if (id == null || id.isEmpty() || (session == null && subject == null)) {
      throw new RefusedException(Refusal.MALFORMED, "it needs an id (jti), and sid or sub");
    }
    return new Logout(id, session, subject, checked.expires());
  }

  /** What holds for every token of the provider. */
  private Checked checked(String token, Kind kind) throws RefusedException {
    JWSHeader header = JwtChecks.header(token);
    String type = header.getType() == null ? "jwt" : header.getType().getType();
    if (!kind.headerTypes().contains(type.toLowerCase(Locale.ROOT))) {
      throw new RefusedException(
          Refusal.KIND, "its type (typ) is " + JwtChecks.shown(type) + ": made for something else");
    }
    try {
      SignedJWT jwt = SignedJWT.parse(token);
      JWTClaimsSet claims = jwt.getJWTClaimsSet();
      if (!keys.name().equals(claims.getIssuer())) {
        throw new RefusedException(
            Refusal.ISSUER,
            "its issuer "
                + JwtChecks.shown(claims.getIssuer())
                + " is not given to serve --oidc-issuer");
      }
      long version = JwtChecks.requireSignature(jwt, header, keys);
      requireType(claims, kind);
      Instant expires = JwtChecks.instant(claims.getExpirationTime());
      Instant issued = JwtChecks.instant(claims.getIssueTime());
      if (expires == null || issued == null) {
        throw new RefusedException(Refusal.LIFETIME, "it never ends (exp, iat)");
      }
      Instant notBefore = JwtChecks.instant(claims.getNotBeforeTime());
      Instant begins = notBefore == null || notBefore.isBefore(issued) ? issued : notBefore;
      requireTime(begins, expires);
      if (Duration.between(issued, expires).compareTo(LIFETIME_MAX) > 0) {
        throw new RefusedException(
            Refusal.LIFETIME, "it lives longer than " + LIFETIME_MAX.toHours() + " hours");
      }
      requireAudience(claims, kind);
      return new Checked(claims, begins, expires, version);
    } catch (ParseException | IllegalArgumentException e) {
      throw new RefusedException(
          Refusal.MALFORMED, "it cannot be read: " + JwtChecks.shown(e.getMessage()));
    }
  }

  private static void requireType(JWTClaimsSet claims, Kind kind) throws RefusedException {
    Object type = claims.getClaim("typ");
    if (type != null
        && !(type instanceof String text
            && kind.payloadTypes().contains(text.toLowerCase(Locale.ROOT)))) {
      throw new RefusedException(
          Refusal.KIND,
          "it is of type " + JwtChecks.shown(String.valueOf(type)) + ": made for something else");
    }
  }

  private void requireAudience(JWTClaimsSet claims, Kind kind) throws RefusedException {
    List<String> named = claims.getAudience();
    if (named.stream().noneMatch(kind.audiences()::contains)) {
      throw new RefusedException(
          Refusal.AUDIENCE,
          "its audience is "
              + JwtChecks.shown(String.join(", ", named))
              + " and not "
              + String.join(" or ", kind.audiences()));
    }
    Object client = claims.getClaim("azp");
    if (named.size() > 1 && !(client instanceof String text && login.clients().contains(text))) {
      throw new RefusedException(
          Refusal.CLIENT,
          "it has several audiences, and was made for the client "
              + JwtChecks.shown(client == null ? null : String.valueOf(client))
              + " (azp) and not for "
              + String.join(" or ", login.clients()));
    }
  }

  private static void requireNoLogout(JWTClaimsSet claims) throws RefusedException {
    if (claims.getClaim("events") != null) {
      throw new RefusedException(Refusal.KIND, "it reports an event, such as a logout");
    }
  }

  private void requireTime(Instant begins, Instant expires) throws RefusedException {
    JwtChecks.requireTime(
        begins, expires, clock.instant(), "log in again, or have the program renew it");
  }
}
