package whorl.collector.cli.contexts;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A login at an identity provider. Its tokens go to the collector, {@code refreshToken} only to the
 * endpoints here, which the issuer itself named at the login.
 *
 * @param usesIdToken true if the collector accepts the ID token, false if the access token
 * @param bearer the token for the collector
 * @param refreshToken null if the provider gives none: then the login ends with {@code bearer}
 * @param expires when {@code bearer} does
 * @param issuerCa the PEM file with the only authority that is trusted for the provider; null for
 *     those of the platform
 */
public record StoredLogin(
    String issuer,
    String clientId,
    String tokenEndpoint,
    @Nullable String revocationEndpoint,
    boolean usesIdToken,
    String bearer,
    @Nullable String refreshToken,
    Instant expires,
    @Nullable String issuerCa) {
  /** The same login with newer tokens. */
  public StoredLogin renewed(String newBearer, @Nullable String newRefreshToken, Instant until) {
    return new StoredLogin(
        issuer,
        clientId,
        tokenEndpoint,
        revocationEndpoint,
        usesIdToken,
        newBearer,
        newRefreshToken,
        until,
        issuerCa);
  }

  /** Never shows a token. */
  @Override
  public String toString() {
    return "login at " + issuer;
  }
}
