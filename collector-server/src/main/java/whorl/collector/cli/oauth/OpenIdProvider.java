package whorl.collector.cli.oauth;

import com.nimbusds.oauth2.sdk.AuthorizationGrant;
import com.nimbusds.oauth2.sdk.GeneralException;
import com.nimbusds.oauth2.sdk.ParseException;
import com.nimbusds.oauth2.sdk.RefreshTokenGrant;
import com.nimbusds.oauth2.sdk.TokenRequest;
import com.nimbusds.oauth2.sdk.TokenResponse;
import com.nimbusds.oauth2.sdk.TokenRevocationRequest;
import com.nimbusds.oauth2.sdk.http.HTTPRequest;
import com.nimbusds.oauth2.sdk.http.HTTPResponse;
import com.nimbusds.oauth2.sdk.id.ClientID;
import com.nimbusds.oauth2.sdk.id.Issuer;
import com.nimbusds.oauth2.sdk.token.RefreshToken;
import com.nimbusds.openid.connect.sdk.OIDCTokenResponseParser;
import com.nimbusds.openid.connect.sdk.op.OIDCProviderMetadata;
import java.io.IOException;
import java.net.URI;
import java.time.InstantSource;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import whorl.collector.cli.contexts.StoredLogin;
import whorl.collector.cli.terminal.CliException;

/** An OpenID provider, as it describes itself, and one of its public clients. */
public final class OpenIdProvider {
  private static final String DISCOVERY = "/.well-known/openid-configuration";

  private final ProviderConnection connection;
  private final String issuer;
  private final String clientId;
  private final URI tokenEndpoint;
  private final @Nullable URI revocationEndpoint;
  private final @Nullable URI deviceEndpoint;

  private OpenIdProvider(
      ProviderConnection connection,
      String issuer,
      String clientId,
      URI tokenEndpoint,
      @Nullable URI revocationEndpoint,
      @Nullable URI deviceEndpoint) {
    this.connection = connection;
    this.issuer = issuer;
    this.clientId = clientId;
    this.tokenEndpoint = tokenEndpoint;
    this.revocationEndpoint = revocationEndpoint;
    this.deviceEndpoint = deviceEndpoint;
  }

  /**
   * Asks a provider for its endpoints.
   *
   * @param tls null for the platform's trust
   */
  public static OpenIdProvider discover(String issuer, String clientId, @Nullable SSLContext tls) {
    URI address = ProviderConnection.safe(uri(issuer), "issuer");
    ProviderConnection connection = new ProviderConnection(tls);
    try {
      OIDCProviderMetadata found =
          OIDCProviderMetadata.parse(
              connection.get(URI.create(issuer.replaceAll("/+$", "") + DISCOVERY)));
      if (!found.getIssuer().equals(new Issuer(issuer))) {
        throw CliException.failed(
            "the identity provider at " + address + " says that it is " + found.getIssuer(),
            "the collector's --oidc-issuer must name it exactly as it names itself");
      }
      URI revocation = found.getRevocationEndpointURI();
      URI device = found.getDeviceAuthorizationEndpointURI();
      return new OpenIdProvider(
          connection,
          issuer,
          clientId,
          ProviderConnection.safe(found.getTokenEndpointURI(), "token endpoint"),
          revocation == null ? null : ProviderConnection.safe(revocation, "revocation endpoint"),
          device == null ? null : ProviderConnection.safe(device, "device endpoint"));
    } catch (GeneralException e) {
      throw CliException.failed(
          "the identity provider at "
              + address
              + " does not describe itself as OpenID providers"
              + " do: "
              + e.getMessage(),
          "check the collector's --oidc-issuer");
    } catch (IOException e) {
      throw unreachable(issuer, e);
    }
  }

  /**
   * The provider of an earlier login, with the endpoints that it named then.
   *
   * @param tls null for the platform's trust
   */
  static OpenIdProvider of(StoredLogin login, @Nullable SSLContext tls) {
    String revocation = login.revocationEndpoint();
    return new OpenIdProvider(
        new ProviderConnection(tls),
        login.issuer(),
        login.clientId(),
        ProviderConnection.safe(uri(login.tokenEndpoint()), "token endpoint"),
        revocation == null ? null : ProviderConnection.safe(uri(revocation), "revocation endpoint"),
        null);
  }

  private static @Nullable URI uri(String text) {
    try {
      return URI.create(text);
    } catch (IllegalArgumentException malformed) {
      return null;
    }
  }

  static CliException unreachable(String issuer, IOException e) {
    return CliException.failed(
        "cannot reach the identity provider " + issuer + ": " + e.getMessage(),
        "check the network, or try again later");
  }

  String issuer() {
    return issuer;
  }

  String clientId() {
    return clientId;
  }

  @Nullable URI deviceEndpoint() {
    return deviceEndpoint;
  }

  HTTPResponse post(HTTPRequest request) throws IOException {
    return connection.post(request);
  }

  /** Exchanges a grant for tokens. */
  TokenResponse exchange(AuthorizationGrant grant) throws IOException, ParseException {
    return OIDCTokenResponseParser.parse(
        post(
            new TokenRequest.Builder(tokenEndpoint, new ClientID(clientId), grant)
                .build()
                .toHTTPRequest()));
  }

  /** Exchanges a refresh token, which may be used once only. */
  TokenResponse refresh(String refreshToken) throws IOException, ParseException {
    return exchange(new RefreshTokenGrant(new RefreshToken(refreshToken)));
  }

  /** Revokes a refresh token; returns false if the provider has no way to do so. */
  boolean revoke(String refreshToken) throws IOException {
    if (revocationEndpoint == null) {
      return false;
    }
    HTTPResponse answer =
        post(
            new TokenRevocationRequest(
                    revocationEndpoint, new ClientID(clientId), new RefreshToken(refreshToken))
                .toHTTPRequest());
    if (!answer.indicatesSuccess()) {
      throw new IOException("status " + answer.getStatusCode());
    }
    return true;
  }

  /** What is kept of a login with these tokens. */
  public StoredLogin login(
      ReceivedTokens tokens, boolean usesIdToken, InstantSource clock, @Nullable String issuerCa) {
    return new StoredLogin(
        issuer,
        clientId,
        tokenEndpoint.toString(),
        revocationEndpoint == null ? null : revocationEndpoint.toString(),
        usesIdToken,
        tokens.bearer(usesIdToken),
        tokens.refreshToken(),
        tokens.expires(usesIdToken, clock),
        issuerCa);
  }
}
