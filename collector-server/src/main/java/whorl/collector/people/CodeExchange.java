package whorl.collector.people;

import com.nimbusds.jwt.JWT;
import com.nimbusds.oauth2.sdk.AuthorizationCode;
import com.nimbusds.oauth2.sdk.AuthorizationCodeGrant;
import com.nimbusds.oauth2.sdk.ErrorObject;
import com.nimbusds.oauth2.sdk.ParseException;
import com.nimbusds.oauth2.sdk.TokenRequest;
import com.nimbusds.oauth2.sdk.TokenResponse;
import com.nimbusds.oauth2.sdk.auth.ClientAuthentication;
import com.nimbusds.oauth2.sdk.auth.ClientSecretBasic;
import com.nimbusds.oauth2.sdk.auth.ClientSecretPost;
import com.nimbusds.oauth2.sdk.auth.Secret;
import com.nimbusds.oauth2.sdk.http.HTTPRequest;
import com.nimbusds.oauth2.sdk.http.HTTPResponse;
import com.nimbusds.oauth2.sdk.id.ClientID;
import com.nimbusds.oauth2.sdk.pkce.CodeVerifier;
import com.nimbusds.openid.connect.sdk.OIDCTokenResponse;
import com.nimbusds.openid.connect.sdk.OIDCTokenResponseParser;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.collector.config.PeopleLogin;
import whorl.collector.identity.keys.BoundedHttp;
import whorl.collector.people.PeopleCounters.LoginResult;
import whorl.evidence.Text;

/**
 * Exchanges an authorization code for an ID token, at the provider's token endpoint. Few at a time,
 * because each keeps a worker of the logins waiting. Thread-safe.
 */
final class CodeExchange {
  private static final Logger LOG = LoggerFactory.getLogger(CodeExchange.class);
  private static final int AT_ONCE = 2;
  private static final long WAIT_SECONDS = 3;
  private static final int SERVER_ERROR = 500;
  private static final int SECRET_MAX_BYTES = 4 << 10;

  private final PeopleLogin login;
  private final Provider provider;
  private final Semaphore free = new Semaphore(AT_ONCE);

  CodeExchange(PeopleLogin login, Provider provider) {
    this.login = login;
    this.provider = provider;
  }

  /**
   * Exchanges a code.
   *
   * @return the ID token, not verified
   * @throws LoginFailure if the provider cannot be reached, or refuses
   */
  String idToken(String code, LoginState state, Provider.Endpoints endpoints) throws LoginFailure {
    try {
      if (!free.tryAcquire(WAIT_SECONDS, TimeUnit.SECONDS)) {
        throw new LoginFailure(
            LoginResult.LIMITED, 503, "Too many people log in at this moment. Log in again.");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LoginFailure(LoginResult.AWAY, 503, "The collector stops. Log in again.");
    }
    try {
      return exchanged(code, state, endpoints);
    } catch (IOException e) {
      LOG.warn("a login failed: {}", e.getMessage());
      throw away();
    } finally {
      free.release();
    }
  }

  /** The provider cannot be reached. */
  static LoginFailure away() {
    return new LoginFailure(
        LoginResult.AWAY,
        503,
        "The identity provider cannot be reached now. Log in again in a moment; sessions that are"
            + " open go on, and a token of the collector's tokens file works without the provider.");
  }

  private String exchanged(String code, LoginState state, Provider.Endpoints endpoints)
      throws IOException, LoginFailure {
    try {
      AuthorizationCodeGrant grant =
          new AuthorizationCodeGrant(
              new AuthorizationCode(code),
              URI.create(state.callback()),
              new CodeVerifier(state.verifier()));
      Path secret = login.secretFile();
      TokenRequest request =
          (secret == null
                  ? new TokenRequest.Builder(
                      endpoints.token(), new ClientID(login.clientId()), grant)
                  : new TokenRequest.Builder(
                      endpoints.token(), authentication(secret, endpoints), grant))
              .build();
      TokenResponse response =
          OIDCTokenResponseParser.parse(sent(request.toHTTPRequest(), endpoints.token()));
      if (!response.indicatesSuccess()) {
        throw refused(response.toErrorResponse().getErrorObject());
      }
      JWT idToken = ((OIDCTokenResponse) response.toSuccessResponse()).getOIDCTokens().getIDToken();
      if (idToken == null) {
        throw new IOException(endpoints.token() + " answers without an ID token");
      }
      return idToken.getParsedString();
    } catch (ParseException | IllegalArgumentException e) {
      // the message may contain what the provider answered
      throw new IOException(endpoints.token() + ": the answer is none of OpenID Connect");
    }
  }

  private ClientAuthentication authentication(Path secret, Provider.Endpoints endpoints)
      throws IOException {
    if (Files.size(secret) > SECRET_MAX_BYTES) {
      throw new IOException("--oidc-secret-file " + secret + " has more than 4 KiB");
    }
    ClientID client = new ClientID(login.clientId());
    Secret value = new Secret(Files.readString(secret).strip());
    return endpoints.basicAuthentication()
        ? new ClientSecretBasic(client, value)
        : new ClientSecretPost(client, value);
  }

  private HTTPResponse sent(HTTPRequest request, URI url) throws IOException, ParseException {
    HttpRequest.Builder builder =
        BoundedHttp.to(url)
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(HttpRequest.BodyPublishers.ofString(String.valueOf(request.getBody())));
    String authorization = request.getAuthorization();
    if (authorization != null) {
      builder.header("Authorization", authorization);
    }
    BoundedHttp.Answer answer = provider.http().send(builder.build());
    if (answer.status() >= SERVER_ERROR) {
      throw new IOException(url + ": status " + answer.status());
    }
    HTTPResponse response = new HTTPResponse(answer.status());
    response.setHeader("Content-Type", answer.mediaType());
    response.setBody(answer.body());
    return response;
  }

  private LoginFailure refused(ErrorObject error) {
    String code = String.valueOf(error.getCode());
    LOG.warn(
        "the provider refuses a login: {} {}",
        Text.shortened(code),
        Text.shortened(String.valueOf(error.getDescription())));
    if (code.equals("invalid_client") || code.equals("unauthorized_client")) {
      return new LoginFailure(
          LoginResult.REFUSED,
          502,
          "The identity provider does not accept this collector as the client "
              + login.clientId()
              + ". Ask who runs this collector to compare --oidc-client and --oidc-secret-file with"
              + " the provider.");
    }
    return new LoginFailure(
        LoginResult.REFUSED,
        400,
        "The identity provider does not accept its own code any more; it can be used once, and soon."
            + " Log in again.");
  }
}
