package whorl.collector.cli.oauth;

import com.nimbusds.oauth2.sdk.AccessTokenResponse;
import com.nimbusds.oauth2.sdk.ErrorObject;
import com.nimbusds.oauth2.sdk.OAuth2Error;
import com.nimbusds.oauth2.sdk.ParseException;
import com.nimbusds.oauth2.sdk.TokenResponse;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import whorl.collector.cli.contexts.ContextsFile;
import whorl.collector.cli.contexts.StoredContext;
import whorl.collector.cli.contexts.StoredLogin;
import whorl.collector.cli.terminal.CliException;

/**
 * Keeps logins valid. A refresh token may be valid for one use only, so one command alone renews a
 * login, and the others wait and take what it got.
 */
public final class LoginRenewal {
  /** A token that expires so soon is renewed before it is used. */
  static final Duration MARGIN = Duration.ofSeconds(30);

  private final ContextsFile file;
  private final InstantSource clock;
  private final Function<Path, SSLContext> trust;

  /**
   * @param trust makes a TLS context that trusts the authority in this PEM file
   */
  public LoginRenewal(ContextsFile file, InstantSource clock, Function<Path, SSLContext> trust) {
    this.file = file;
    this.clock = clock;
    this.trust = trust;
  }

  /**
   * Returns a token for the collector that is valid for some time.
   *
   * @param name of the context
   * @throws CliException if the login has ended, or cannot be renewed now
   */
  public String bearer(String name, StoredLogin login) {
    if (isFresh(login)) {
      return login.bearer();
    }
    if (login.refreshToken() == null) {
      throw ended(name, "the provider gave no refresh token, and the login has expired");
    }
    AtomicReference<@Nullable String> bearer = new AtomicReference<>();
    file.change(
        now -> {
          StoredContext context = now.contexts().get(name);
          StoredLogin stored = context == null ? null : context.login();
          if (context == null || stored == null || !stored.issuer().equals(login.issuer())) {
            throw ended(name, "another command has logged out");
          }
          StoredLogin fresh = isFresh(stored) ? stored : renewed(name, stored);
          bearer.set(fresh.bearer());
          return now.with(name, context.with(fresh));
        });
    return String.valueOf(bearer.get());
  }

  private boolean isFresh(StoredLogin login) {
    return login.expires().isAfter(clock.instant().plus(MARGIN));
  }

  private StoredLogin renewed(String name, StoredLogin login) {
    String refreshToken = login.refreshToken();
    if (refreshToken == null) {
      throw ended(name, "the provider gave no refresh token, and the login has expired");
    }
    try {
      OpenIdProvider provider = OpenIdProvider.of(login, tls(login));
      TokenResponse answer = provider.refresh(refreshToken);
      if (answer instanceof AccessTokenResponse success) {
        return renewed(name, login, ReceivedTokens.of(success));
      }
      ErrorObject error = answer.toErrorResponse().getErrorObject();
      if (OAuth2Error.INVALID_GRANT.equals(error)) {
        throw ended(name, "the login has ended at " + login.issuer());
      }
      throw CliException.failed(
          "the identity provider "
              + login.issuer()
              + " did not renew the login: "
              + DeviceFlow.text(error),
          "log in again: whorl login --name " + name);
    } catch (ParseException e) {
      throw CliException.failed(
          "the identity provider "
              + login.issuer()
              + " does not answer as OAuth 2.0 says: "
              + e.getMessage(),
          "try again later, or log in again: whorl login --name " + name);
    } catch (IOException e) {
      throw OpenIdProvider.unreachable(login.issuer(), e);
    }
  }

  private StoredLogin renewed(String name, StoredLogin login, ReceivedTokens tokens) {
    if (login.usesIdToken() && tokens.idToken() == null) {
      throw ended(name, "the provider renews no ID tokens, and the collector needs one");
    }
    String next = tokens.refreshToken();
    return login.renewed(
        tokens.bearer(login.usesIdToken()),
        next == null ? login.refreshToken() : next,
        tokens.expires(login.usesIdToken(), clock));
  }

  /**
   * Ends a login at its provider.
   *
   * @return why that failed; null if it has ended
   */
  public @Nullable String end(StoredLogin login) {
    String refreshToken = login.refreshToken();
    try {
      return refreshToken == null || OpenIdProvider.of(login, tls(login)).revoke(refreshToken)
          ? null
          : "it has no way to do so";
    } catch (IOException e) {
      return String.valueOf(e.getMessage());
    }
  }

  private @Nullable SSLContext tls(StoredLogin login) {
    String ca = login.issuerCa();
    return ca == null ? null : trust.apply(Path.of(ca));
  }

  private static CliException ended(String name, String why) {
    return CliException.failed(why, "log in again: whorl login --name " + name);
  }
}
