package whorl.collector.identity;

import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import whorl.collector.http.request.AgentProof;
import whorl.collector.identity.keys.IssuerKeys;
import whorl.collector.identity.keys.JwtChecks;
import whorl.collector.identity.keys.Refusal;
import whorl.collector.identity.keys.RefusedException;
import whorl.collector.recent.RecentMap;
import whorl.evidence.Digest;

/**
 * Verifies projected tokens of Kubernetes service accounts without asking the cluster: signature,
 * issuer, audience, times, and the pod that they are bound to. A token that comes again is found by
 * its digest, until it ends or the issuer's keys change. Thread-safe; never waits.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc8725">RFC 8725, best practices for JWT</a>
 */
final class ServiceAccountTokens {
  static final String AUDIENCE = "whorl";

  /** How much clocks may differ. */
  static final Duration LEEWAY = JwtChecks.LEEWAY;

  /** A stolen token must end soon. By default, Kubernetes makes them for an hour. */
  static final Duration LIFETIME_MAX = Duration.ofHours(25);

  private static final int MAX_REMEMBERED = 20_000;
  private static final int NAME_MAX_CHARS = 253;
  private static final Pattern DNS_NAME = Pattern.compile("[a-z0-9]([a-z0-9.-]*[a-z0-9])?");
  private static final Pattern UID = Pattern.compile("[A-Za-z0-9-]{1,64}");

  private final Map<String, IssuerKeys> issuers = new LinkedHashMap<>();
  private final InstantSource clock;
  private final IdentityCounters counters;

  /** Guarded by itself. */
  private final Map<Digest, Verified> remembered = RecentMap.byUse(MAX_REMEMBERED);

  /**
   * A verified token.
   *
   * @param keysVersion of the issuer's keys
   */
  private record Verified(
      AgentProof proof, Instant notBefore, Instant expires, IssuerKeys issuer, long keysVersion) {}

  /**
   * @param clock the same for all collectors
   */
  ServiceAccountTokens(List<IssuerKeys> issuers, InstantSource clock, IdentityCounters counters) {
    issuers.forEach(issuer -> this.issuers.put(issuer.name(), issuer));
    this.clock = clock;
    this.counters = counters;
  }

  /**
   * Verifies a token.
   *
   * @throws RefusedException with the reason
   */
  AgentProof verify(String token) throws RefusedException {
    JwtChecks.requireLength(token);
    Digest digest = Digest.of(token.getBytes(StandardCharsets.UTF_8));
    Verified known;
    synchronized (remembered) {
      known = remembered.get(digest);
    }
    if (known != null && known.issuer().version() == known.keysVersion()) {
      requireTime(known.notBefore(), known.expires());
      return known.proof();
    }
    Verified verified = verified(token);
    counters.verified.increment();
    synchronized (remembered) {
      remembered.put(digest, verified);
    }
    return verified.proof();
  }

  private Verified verified(String token) throws RefusedException {
    JWSHeader header = JwtChecks.header(token);
    try {
      SignedJWT jwt = SignedJWT.parse(token);
      JWTClaimsSet claims = jwt.getJWTClaimsSet();
      IssuerKeys issuer = claims.getIssuer() == null ? null : issuers.get(claims.getIssuer());
      if (issuer == null) {
        throw new RefusedException(
            Refusal.ISSUER,
            "its issuer "
                + JwtChecks.shown(claims.getIssuer())
                + " is not given to serve --agent-issuer (people: --oidc-issuer)");
      }
      long keysVersion = JwtChecks.requireSignature(jwt, header, issuer);
      Instant expires = JwtChecks.instant(claims.getExpirationTime());
      Instant issued = JwtChecks.instant(claims.getIssueTime());
      if (expires == null || issued == null) {
        throw new RefusedException(
            Refusal.LIFETIME, "it never ends; use a projected token with expirationSeconds");
      }
      Instant notBefore = JwtChecks.instant(claims.getNotBeforeTime());
      Instant begins = notBefore == null ? issued : notBefore;
      requireTime(begins, expires);
      if (Duration.between(issued, expires).compareTo(LIFETIME_MAX) > 0) {
        throw new RefusedException(
            Refusal.LIFETIME,
            "it lives longer than "
                + LIFETIME_MAX.toHours()
                + " hours; use a projected token with expirationSeconds: 3600");
      }
      if (!claims.getAudience().contains(AUDIENCE)) {
        throw new RefusedException(
            Refusal.AUDIENCE,
            "its audience is "
                + JwtChecks.shown(String.join(", ", claims.getAudience()))
                + "; use a projected token with audience: "
                + AUDIENCE);
      }
      return new Verified(
          pod(issuer.name(), claims, expires), begins, expires, issuer, keysVersion);
    } catch (ParseException | IllegalArgumentException e) {
      throw new RefusedException(
          Refusal.MALFORMED, "it cannot be read: " + JwtChecks.shown(e.getMessage()));
    }
  }

  private void requireTime(Instant begins, Instant expires) throws RefusedException {
    JwtChecks.requireTime(
        begins,
        expires,
        clock.instant(),
        "read the token's file anew, because the cluster renews it");
  }

  private static AgentProof pod(String issuer, JWTClaimsSet claims, Instant expires)
      throws ParseException, RefusedException {
    Map<String, Object> cluster = claims.getJSONObjectClaim("kubernetes.io");
    String namespace = cluster == null ? null : name(cluster.get("namespace"));
    String account = cluster == null ? null : name(member(cluster.get("serviceaccount"), "name"));
    String pod = cluster == null ? null : name(member(cluster.get("pod"), "name"));
    Object uid = cluster == null ? null : member(cluster.get("pod"), "uid");
    if (namespace == null
        || account == null
        || pod == null
        || !(uid instanceof String podUid)
        || !UID.matcher(podUid).matches()) {
      throw new RefusedException(
          Refusal.NO_POD,
          "it is not bound to a pod; use a projected token of the pod's own volume");
    }
    String subject = "system:serviceaccount:" + namespace + ":" + account;
    if (!subject.equals(claims.getSubject())) {
      throw new RefusedException(
          Refusal.MALFORMED,
          "its subject " + JwtChecks.shown(claims.getSubject()) + " is not " + subject);
    }
    return AgentProof.ofPod(issuer, namespace, account, pod, podUid, expires);
  }

  private static @Nullable Object member(@Nullable Object object, String name) {
    return object instanceof Map<?, ?> map ? map.get(name) : null;
  }

  private static @Nullable String name(@Nullable Object value) {
    return value instanceof String text
            && text.length() <= NAME_MAX_CHARS
            && DNS_NAME.matcher(text).matches()
        ? text
        : null;
  }
}
