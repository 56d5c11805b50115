package whorl.collector.cli.oauth;

import com.nimbusds.oauth2.sdk.AccessTokenResponse;
import com.nimbusds.oauth2.sdk.ErrorObject;
import com.nimbusds.oauth2.sdk.OAuth2Error;
import com.nimbusds.oauth2.sdk.ParseException;
import com.nimbusds.oauth2.sdk.Scope;
import com.nimbusds.oauth2.sdk.TokenResponse;
import com.nimbusds.oauth2.sdk.device.DeviceAuthorizationGrantError;
import com.nimbusds.oauth2.sdk.device.DeviceAuthorizationRequest;
import com.nimbusds.oauth2.sdk.device.DeviceAuthorizationResponse;
import com.nimbusds.oauth2.sdk.device.DeviceAuthorizationSuccessResponse;
import com.nimbusds.oauth2.sdk.device.DeviceCodeGrant;
import com.nimbusds.oauth2.sdk.id.ClientID;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import whorl.collector.cli.terminal.CliException;
import whorl.evidence.Text;

/**
 * A login by device code (RFC 8628): the user opens a page anywhere and enters a code, and the
 * command waits for that. Nothing is opened by itself.
 */
public final class DeviceFlow {
  private static final Duration MAX_WAIT = Duration.ofMinutes(30);
  private static final Duration MAX_INTERVAL = Duration.ofMinutes(1);

  /** How much longer to wait after each {@code slow_down} (RFC 8628, 3.5). */
  private static final Duration SLOWER = Duration.ofSeconds(5);

  private final OpenIdProvider provider;
  private final LongSupplier nanos;
  private final Consumer<Duration> pause;
  private final Consumer<String> messages;

  /**
   * @param nanos as {@link System#nanoTime}
   * @param pause waits for this long
   * @param messages receives lines for the user
   */
  public DeviceFlow(
      OpenIdProvider provider,
      LongSupplier nanos,
      Consumer<Duration> pause,
      Consumer<String> messages) {
    this.provider = provider;
    this.nanos = nanos;
    this.pause = pause;
    this.messages = messages;
  }

  /**
   * Logs in.
   *
   * @throws CliException if the user refuses, is too slow, or the provider does not want it
   */
  public ReceivedTokens login(List<String> scopes) {
    URI endpoint = provider.deviceEndpoint();
    if (endpoint == null) {
      throw CliException.failed(
          "the identity provider " + provider.issuer() + " has no login by device code",
          "make an API token at the page, and log in with --token-file FILE");
    }
    DeviceAuthorizationSuccessResponse code = code(endpoint, scopes);
    show(code);
    Duration wait = shorter(Duration.ofSeconds(Math.max(1, code.getLifetime())), MAX_WAIT);
    long end = nanos.getAsLong() + wait.toNanos();
    Duration interval = shorter(Duration.ofSeconds(Math.max(1, code.getInterval())), MAX_INTERVAL);
    while (true) {
      pause.accept(interval);
      if (nanos.getAsLong() - end >= 0) {
        throw expired();
      }
      try {
        TokenResponse answer = provider.exchange(new DeviceCodeGrant(code.getDeviceCode()));
        if (answer instanceof AccessTokenResponse success) {
          return ReceivedTokens.of(success);
        }
        interval = next(interval, answer.toErrorResponse().getErrorObject());
      } catch (ParseException e) {
        throw notOAuth(e);
      } catch (IOException e) {
        // RFC 8628, 3.5: after a failure of the connection, ask less often
        interval = shorter(interval.multipliedBy(2), MAX_INTERVAL);
        messages.accept("whorl: cannot reach " + provider.issuer() + " now; trying again");
      }
    }
  }

  private DeviceAuthorizationSuccessResponse code(URI endpoint, List<String> scopes) {
    try {
      DeviceAuthorizationResponse answer =
          DeviceAuthorizationResponse.parse(
              provider.post(
                  new DeviceAuthorizationRequest.Builder(new ClientID(provider.clientId()))
                      .scope(new Scope(scopes.toArray(String[]::new)))
                      .endpointURI(endpoint)
                      .build()
                      .toHTTPRequest()));
      if (answer instanceof DeviceAuthorizationSuccessResponse success) {
        return success;
      }
      ErrorObject error = answer.toErrorResponse().getErrorObject();
      throw refused(
          error,
          "the client "
              + provider.clientId()
              + " must be public and may log in by device code; see docs/people.md");
    } catch (ParseException e) {
      throw notOAuth(e);
    } catch (IOException e) {
      throw OpenIdProvider.unreachable(provider.issuer(), e);
    }
  }

  private void show(DeviceAuthorizationSuccessResponse code) {
    URI page = web(code.getVerificationURI());
    URI complete = code.getVerificationURIComplete();
    if (complete != null) {
      messages.accept("To log in, open this page in a browser:");
      messages.accept("  " + web(complete));
      messages.accept("It shows the code " + code.getUserCode().getValue() + ".");
      messages.accept("Or enter the code at " + page);
    } else {
      messages.accept("To log in, open this page in a browser:");
      messages.accept("  " + page);
      messages.accept("and enter the code " + code.getUserCode().getValue());
    }
    messages.accept(
        "Waiting until you have confirmed it there, for at most "
            + Text.counted(
                shorter(Duration.ofSeconds(Math.max(60, code.getLifetime())), MAX_WAIT).toMinutes(),
                "minute")
            + " …");
  }

  private static URI web(URI page) {
    return ProviderConnection.safe(page, "page for codes");
  }

  /** How long to wait before the next question. */
  private Duration next(Duration interval, @Nullable ErrorObject error) {
    if (DeviceAuthorizationGrantError.AUTHORIZATION_PENDING.equals(error)) {
      return interval;
    }
    if (DeviceAuthorizationGrantError.SLOW_DOWN.equals(error)) {
      return shorter(interval.plus(SLOWER), MAX_INTERVAL);
    }
    if (DeviceAuthorizationGrantError.EXPIRED_TOKEN.equals(error)) {
      throw expired();
    }
    if (OAuth2Error.ACCESS_DENIED.equals(error)) {
      throw CliException.failed(
          "the login was refused at " + provider.issuer(),
          "confirm it there, as the right user; or ask for access to the client "
              + provider.clientId());
    }
    throw refused(error, "log in again; if that does not help, ask the provider's operator");
  }

  private CliException refused(@Nullable ErrorObject error, String remedy) {
    return CliException.failed(
        "the identity provider " + provider.issuer() + " refused the login: " + text(error),
        remedy);
  }

  static String text(@Nullable ErrorObject error) {
    if (error == null || error.getCode() == null) {
      return "without a reason";
    }
    return error.getDescription() == null
        ? error.getCode()
        : error.getCode() + " (" + error.getDescription() + ")";
  }

  private CliException notOAuth(ParseException e) {
    return CliException.failed(
        "the identity provider "
            + provider.issuer()
            + " does not answer as RFC 8628 says: "
            + e.getMessage(),
        "ask the provider's operator");
  }

  private static CliException expired() {
    return CliException.failed(
        "the code has expired before the login was confirmed", "run whorl login again");
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }
}
