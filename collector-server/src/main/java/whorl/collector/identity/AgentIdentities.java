package whorl.collector.identity;

import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import whorl.collector.config.AgentAccess;
import whorl.collector.config.AgentAccess.CertificateName;
import whorl.collector.http.auth.AgentIdentification;
import whorl.collector.http.request.AgentProof;
import whorl.collector.http.request.Principal;
import whorl.collector.http.request.ProblemException;
import whorl.collector.http.request.Role;
import whorl.collector.identity.keys.IssuerKeys;
import whorl.collector.identity.keys.JwtChecks;
import whorl.collector.identity.keys.Refusal;
import whorl.collector.identity.keys.RefusedException;

/** Identifies agents by the proofs that {@code serve} accepts. Thread-safe. */
public final class AgentIdentities implements AgentIdentification {
  private static final int RETRY_SECONDS = 5;

  private final AgentAccess access;
  private final List<IssuerKeys> issuers;
  private final ServiceAccountTokens serviceAccounts;
  private final IdentityCounters counters;

  /**
   * @param clock the same for all collectors
   * @param nanos as {@link System#nanoTime}
   */
  public AgentIdentities(
      AgentAccess access, InstantSource clock, LongSupplier nanos, IdentityCounters counters) {
    this.access = access;
    this.counters = counters;
    this.issuers =
        access.issuers().stream()
            .map(
                issuer ->
                    new IssuerKeys(
                        issuer.issuer(), new ClusterKeySource(issuer), nanos, counters.keys))
            .toList();
    this.serviceAccounts = new ServiceAccountTokens(issuers, clock, counters);
  }

  /** Reads the keys that are due; to be called at the start and every second, by one thread. */
  public void readKeys() {
    issuers.forEach(IssuerKeys::readIfDue);
  }

  /** Why the keys of an issuer cannot be read, in a sentence; null if all can. */
  public @Nullable String problem() {
    for (IssuerKeys issuer : issuers) {
      String why = issuer.failure();
      if (why != null) {
        return why + "; agents with new tokens of this issuer may have to wait";
      }
    }
    return null;
  }

  @Override
  public @Nullable Principal byToken(String token) {
    if (!JwtChecks.isJwt(token)) {
      return null;
    }
    try {
      return principal(serviceAccounts.verify(token));
    } catch (RefusedException refused) {
      counters.refused(refused.refusal());
      if (refused.refusal() == Refusal.KEYS_AWAY) {
        throw new ProblemException(
            503,
            "keys not there",
            "this token cannot be verified now: " + refused.getMessage(),
            Map.of("Retry-After", Integer.toString(RETRY_SECONDS)));
      }
      throw unauthorized("this token is refused: " + refused.getMessage());
    }
  }

  @Override
  public @Nullable Principal byCertificate(X509Certificate certificate) {
    CertificateName by = access.certificates();
    if (by == null) {
      return null;
    }
    try {
      return principal(CertificateIdentity.of(certificate, by));
    } catch (RefusedException refused) {
      counters.refused(refused.refusal());
      throw unauthorized("the client certificate " + refused.getMessage());
    }
  }

  @Override
  public void admit(Principal agent) {
    AgentProof proof = agent.proof();
    if (!access.sharedToken() && (proof == null || proof.isShared())) {
      counters.refused(Refusal.SHARED_TOKEN);
      throw new ProblemException(
          403,
          "shared token not accepted",
          "this collector does not accept the token that all agents share"
              + " (--no-shared-agent-token); use a projected service account token, a token that is"
              + " bound to the service, or a client certificate");
    }
  }

  private static Principal principal(AgentProof proof) {
    return new Principal(Role.AGENT, proof.name(), proof);
  }

  private static ProblemException unauthorized(String detail) {
    return new ProblemException(
        401, "unauthorized", detail, Map.of("WWW-Authenticate", "Bearer realm=\"whorl\""));
  }
}
