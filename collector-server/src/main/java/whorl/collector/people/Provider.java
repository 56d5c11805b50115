package whorl.collector.people;

import com.nimbusds.oauth2.sdk.ParseException;
import com.nimbusds.oauth2.sdk.auth.ClientAuthenticationMethod;
import com.nimbusds.openid.connect.sdk.op.OIDCProviderMetadata;
import java.io.IOException;
import java.net.URI;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import whorl.collector.config.AgentIssuer;
import whorl.collector.config.PeopleLogin;
import whorl.collector.identity.keys.BoundedHttp;
import whorl.collector.identity.keys.IssuerKeys;
import whorl.collector.identity.keys.KeyCounters;
import whorl.collector.identity.keys.KeySource;

/**
 * The identity provider: where its endpoints are, and its keys. One thread reads both, as often as
 * {@link IssuerKeys} says; when the provider is away, what was read before stays valid. Any thread
 * may ask.
 *
 * @see <a href="https://openid.net/specs/openid-connect-discovery-1_0.html">OpenID Connect
 *     Discovery</a>
 */
public final class Provider {
  private static final String DISCOVERY = "/.well-known/openid-configuration";

  private final PeopleLogin login;
  private final IssuerKeys keys;
  private volatile @Nullable Endpoints endpoints;

  /**
   * Where the provider answers.
   *
   * @param endSession where a browser ends its session at the provider; null if nowhere
   * @param device true if it has the device authorization grant (RFC 8628)
   * @param basicAuthentication true if the client's secret goes into a header; else into the body
   * @param namesItself true if the provider's answers to logins name it (RFC 9207)
   */
  record Endpoints(
      URI authorization,
      URI token,
      @Nullable URI endSession,
      boolean device,
      boolean basicAuthentication,
      boolean namesItself) {}

  /**
   * @param nanos as {@link System#nanoTime}
   */
  Provider(PeopleLogin login, LongSupplier nanos, KeyCounters counters) {
    this.login = login;
    this.keys = new IssuerKeys(login.issuer(), new Discovery(), nanos, counters);
  }

  /** Reads endpoints and keys if it is time to; to be called every second by one thread. */
  public void readIfDue() {
    keys.readIfDue();
  }

  IssuerKeys keys() {
    return keys;
  }

  /** Null if the provider has not been reached yet. */
  @Nullable Endpoints endpoints() {
    return endpoints;
  }

  /** Why the provider cannot be read, in a sentence; null if it can. */
  public @Nullable String problem() {
    String failure = keys.failure();
    return failure == null
        ? null
        : "people may not be able to log in: "
            + failure
            + "; sessions and tokens of the tokens file stay valid";
  }

  /** A client for one request. The authority's file is read anew: it may have been renewed. */
  BoundedHttp http() throws IOException {
    return BoundedHttp.trusting(login.ca());
  }

  private final class Discovery implements KeySource {
    @Override
    public boolean isLocal() {
      return false;
    }

    @Override
    public String read() throws IOException {
      BoundedHttp http = http();
      String place = login.issuer().replaceAll("/+$", "") + DISCOVERY;
      OIDCProviderMetadata metadata = metadata(get(http, URI.create(place)), place);
      if (!login.issuer().equals(metadata.getIssuer().getValue())) {
        throw new IOException(
            place
                + " is of issuer "
                + metadata.getIssuer()
                + "; give it to --oidc-issuer exactly as it is");
      }
      String document = get(http, safe(metadata.getJWKSetURI(), "jwks_uri", place));
      endpoints =
          new Endpoints(
              safe(metadata.getAuthorizationEndpointURI(), "authorization_endpoint", place),
              safe(metadata.getTokenEndpointURI(), "token_endpoint", place),
              metadata.getEndSessionEndpointURI() == null
                  ? null
                  : safe(metadata.getEndSessionEndpointURI(), "end_session_endpoint", place),
              metadata.getDeviceAuthorizationEndpointURI() != null,
              authenticatesInHeader(metadata),
              metadata.supportsAuthorizationResponseIssuerParam());
      return document;
    }

    private static OIDCProviderMetadata metadata(String text, String place) throws IOException {
      try {
        return OIDCProviderMetadata.parse(text);
      } catch (ParseException e) {
        throw new IOException(place + " is no discovery document: " + e.getMessage(), e);
      }
    }

    private static String get(BoundedHttp http, URI url) throws IOException {
      BoundedHttp.Answer answer = http.send(BoundedHttp.to(url).build());
      if (answer.status() != 200) {
        throw new IOException(url + ": status " + answer.status());
      }
      return answer.body();
    }

    private static URI safe(@Nullable URI url, String name, String place) throws IOException {
      if (url == null || url.getHost() == null || !AgentIssuer.isSafe(url)) {
        throw new IOException(place + " has no " + name + " of https");
      }
      return url;
    }

    /** Without a list, the header is what every provider accepts. */
    private static boolean authenticatesInHeader(OIDCProviderMetadata metadata) {
      var methods = metadata.getTokenEndpointAuthMethods();
      return methods == null
          || methods.isEmpty()
          || methods.contains(ClientAuthenticationMethod.CLIENT_SECRET_BASIC);
    }
  }
}
