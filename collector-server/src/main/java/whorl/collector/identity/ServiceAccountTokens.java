package whorl.collector.identity;

import com.nimbusds.jose.Header;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.factories.DefaultJWSVerifierFactory;
import com.nimbusds.jose.jwk.AsymmetricJWK;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import whorl.collector.http.request.AgentProof;
import whorl.collector.identity.IssuerKeys.Search;
import whorl.evidence.Digest;
import whorl.evidence.Text;

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
  static final Duration LEEWAY = Duration.ofSeconds(30);

  /** A stolen token must end soon. Kubernetes makes them for an hour unless told otherwise. */
  static final Duration LIFETIME_MAX = Duration.ofHours(25);

  private static final int MAX_CHARS = 8 << 10;
  private static final int MAX_KEYS_TRIED = 4;
  private static final int MAX_REMEMBERED = 20_000;
  private static final int NAME_MAX_CHARS = 253;
  private static final Pattern DNS_NAME = Pattern.compile("[a-z0-9]([a-z0-9.-]*[a-z0-9])?");
  private static final Pattern UID = Pattern.compile("[A-Za-z0-9-]{1,64}");

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

  private final Map<String, IssuerKeys> issuers = new LinkedHashMap<>();
  private final InstantSource clock;
  private final IdentityCounters counters;
  private final DefaultJWSVerifierFactory verifiers = new DefaultJWSVerifierFactory();

  /** Guarded by itself. */
  private final Map<Digest, Verified> remembered =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Digest, Verified> eldest) {
          return size() > MAX_REMEMBERED;
        }
      };

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

  /** True if the text has the form of a JWT, whatever it says. */
  static boolean isJwt(String token) {
    return token.startsWith("ey") && token.chars().filter(each -> each == '.').count() == 2;
  }

  /**
   * Verifies a token.
   *
   * @throws RefusedException with the reason
   */
  AgentProof verify(String token) throws RefusedException {
    if (token.length() > MAX_CHARS) {
      throw new RefusedException(
          Refusal.MALFORMED, "it has more than " + MAX_CHARS + " characters");
    }
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
    JWSHeader header = header(token);
    try {
      SignedJWT jwt = SignedJWT.parse(token);
      JWTClaimsSet claims = jwt.getJWTClaimsSet();
      IssuerKeys issuer = claims.getIssuer() == null ? null : issuers.get(claims.getIssuer());
      if (issuer == null) {
        throw new RefusedException(
            Refusal.ISSUER,
            "its issuer " + shown(claims.getIssuer()) + " is not given to serve --agent-issuer");
      }
      long keysVersion = requireSignature(jwt, header, issuer);
      Instant expires = instant(claims.getExpirationTime());
      Instant issued = instant(claims.getIssueTime());
      if (expires == null || issued == null) {
        throw new RefusedException(
            Refusal.LIFETIME, "it never ends; use a projected token with expirationSeconds");
      }
      Instant notBefore = instant(claims.getNotBeforeTime());
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
                + shown(String.join(", ", claims.getAudience()))
                + "; use a projected token with audience: "
                + AUDIENCE);
      }
      return new Verified(
          pod(issuer.name(), claims, expires), begins, expires, issuer, keysVersion);
    } catch (ParseException | IllegalArgumentException e) {
      throw new RefusedException(Refusal.MALFORMED, "it cannot be read: " + shown(e.getMessage()));
    }
  }

  private static JWSHeader header(String token) throws RefusedException {
    Header header;
    try {
      header = Header.parse(new Base64URL(token.substring(0, token.indexOf('.'))));
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

  /** Returns the version of the keys with which the signature was verified. */
  private long requireSignature(SignedJWT jwt, JWSHeader header, IssuerKeys issuer)
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
            verifiers.createJWSVerifier(header, ((AsymmetricJWK) key).toPublicKey());
        if (jwt.verify(verifier)) {
          return found.version();
        }
      } catch (JOSEException e) {
        // this key does not fit the algorithm: as a wrong signature
      }
    }
    throw new RefusedException(Refusal.SIGNATURE, "its signature is wrong");
  }

  private void requireTime(Instant begins, Instant expires) throws RefusedException {
    Instant now = clock.instant();
    if (!now.isBefore(expires.plus(LEEWAY))) {
      throw new RefusedException(
          Refusal.EXPIRED,
          "it expired at "
              + expires
              + "; read the token's file anew, because the cluster renews it");
    }
    if (now.isBefore(begins.minus(LEEWAY))) {
      throw new RefusedException(
          Refusal.EARLY, "it is valid from " + begins + " on; compare the clocks");
    }
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
          Refusal.MALFORMED, "its subject " + shown(claims.getSubject()) + " is not " + subject);
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

  private static @Nullable Instant instant(@Nullable Date date) {
    return date == null ? null : date.toInstant();
  }

  /** What a stranger wrote, shortened. */
  private static String shown(@Nullable String text) {
    return text == null ? "(none)" : Text.shortened(text);
  }
}
